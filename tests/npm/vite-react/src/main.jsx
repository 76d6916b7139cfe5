// docs/EMBED.md's two ways in one page: the element, and a model without a screen.
import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createClassifier } from 'insitu';
import { define } from 'insitu/element';

define({ assets: '/insitu/' });

function Classifier({ pack, onResult, onRejected }) {
  const element = useRef(null);
  useEffect(() => {
    const { current } = element;
    const told = (event) => onResult(event.detail);
    const refused = (event) => onRejected(event.detail);
    current.addEventListener('insitu-result', told);
    current.addEventListener('insitu-rejected', refused);
    return () => {
      current.removeEventListener('insitu-result', told);
      current.removeEventListener('insitu-rejected', refused);
    };
  }, [onResult, onRejected]);
  return <insitu-classifier ref={element} pack={pack} lang="en" />;
}

function App() {
  const [answer, setAnswer] = useState(null);
  const [rejection, setRejection] = useState(null);
  return (
    <main>
      <Classifier pack="/insitu/models/stripes/" onResult={setAnswer} onRejected={setRejection} />
      <output id="answer">{answer && `${answer.decision} ${answer.top?.id ?? '-'}`}</output>
      <output id="rejection">{rejection && rejection.reasons.map(({ id }) => id).join(' ')}</output>
    </main>
  );
}

createRoot(document.getElementById('root')).render(<App />);

// For the test: the same without a screen.
window.classify = async (blob, pack = '/insitu/models/stripes/') => {
  const classifier = await createClassifier({ pack, assets: '/insitu/' });
  try {
    return await classifier.classify(blob, { name: 'by a program' });
  } finally {
    classifier.close();
  }
};
