// What a page in TypeScript writes: compiled, never run.
import { configure, createClassifier, InsituError, type Answer, type Classifier } from 'insitu';
import { define, type InsituClassifierElement } from 'insitu/element';

configure({ assets: '/insitu/' });
await define({ assets: new URL('https://example.org/insitu/') });

const classifier: Classifier = await createClassifier({ pack: '/insitu/models/skin/', variant: 'int8', onProgress: (loaded, total) => console.log(loaded / total) });
try {
  const answer: Answer = await classifier.classify(new Blob(), { map: true, prior: 'uniform', crop: { x: 0, y: 0, width: 1, height: 1 }, signal: AbortSignal.timeout(1000) });
  if (answer.decision !== 'reject') console.log(answer.top?.label, answer.classes[0]?.p);
  for (const { id, value, limit } of answer.reasons) console.log(id, value, limit);
} catch (error) {
  if (error instanceof InsituError && error.status === 'truncated') console.log(error.message);
}
console.log(classifier.pack.id, classifier.build?.threads);
classifier.close();

const element: InsituClassifierElement = document.createElement('insitu-classifier');
element.addEventListener('insitu-rejected', ({ detail }) => console.log(detail.reasons.map(({ text, advice }) => text + advice)));
element.addEventListener('insitu-result', ({ detail }) => console.log(detail.decision));
element.addEventListener('insitu-error', ({ detail }) => console.log(detail.status));
console.log((await element.ready).id);

// @ts-expect-error a pack is needed
createClassifier({});
// @ts-expect-error a rejected picture has no top for sure
console.log((await classifier.classify(new Blob())).top.id);
