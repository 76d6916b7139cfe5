/* support.js: where this browser is too old to run the page at all, shows the
 * document's words for that (#old), and the reader's (support.json): what it
 * lacks, and which browsers have it. A script of its own and in ES5, for
 * browsers that get no further. What only the model needs is asked for later,
 * and told by the element (classifier/client-features.js). */

(function () {
  'use strict';

  // The newest of what all scripts here are written with; whoever has it knows their syntax as well.
  var lacks = !('noModule' in document.createElement('script')) ? 'JavaScript modules'
    : !('customElements' in window) ? 'custom elements'
      : !('toSorted' in Array.prototype) ? 'JavaScript of 2023' : '';
  if (!lacks) return;

  // The page's scripts may come all the same, and stop where they miss it: that is told already.
  window.addEventListener('error', function (event) { event.preventDefault(); });
  window.addEventListener('unhandledrejection', function (event) { event.preventDefault(); });

  var old = document.getElementById('old');
  var classifier = document.getElementById('classifier');
  if (!old || !classifier) return;
  var place = old;

  /** @param {Element} line @param {string} words */
  function write(line, words) { line.textContent = words.replace('{lacks}', lacks); }

  var english = old.getElementsByTagName('p')[0];
  if (english) write(english, String(english.textContent));
  old.hidden = false;
  classifier.hidden = true;

  var own = (navigator.language || 'en').toLowerCase().split('-')[0];
  var request = new XMLHttpRequest();
  request.onload = function () {
    var others = JSON.parse(request.responseText);
    for (var language in others) {
      if (language.split('-')[0] !== own) continue;
      var line = document.createElement('p');
      line.lang = language;
      line.dir = 'auto';
      write(line, others[language]);
      place.appendChild(line);
    }
  };
  request.open('GET', 'support.json');
  request.send();
}());
