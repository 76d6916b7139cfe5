/* support.js: where this browser is too old to run the page or the frame at
 * all, shows the document's words for that (#old), and the reader's
 * (support.json): what it lacks, and which browsers have it; the class too-old
 * on the root takes away what would lead to nothing. A script of its own and in ES5, for
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
  if (!old) return;
  var place = old.getElementsByTagName('div')[0] || old; // the frame's is in a landmark of its own
  var root = document.documentElement;

  /** @param {Element} line @param {string} words */
  function write(line, words) { line.textContent = words.replace('{lacks}', lacks); }

  var english = old.getElementsByTagName('p')[0];
  if (english) write(english, String(english.textContent));
  old.hidden = false;
  root.className += ' too-old';

  // The page's own language, where start.js has got as far as to choose one.
  var own = (root.lang === 'en' ? navigator.language || 'en' : root.lang).toLowerCase().split('-')[0];
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
