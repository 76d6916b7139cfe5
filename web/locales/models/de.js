/* models/de.js: die Wörter des Bildschirms der Modelle, auf Deutsch. */

export default {
  heading: 'Modelle',
  lead: 'Womit diese Seite Bilder vergleichen kann. Jedes arbeitet auf diesem Gerät; eines, das behalten ist, auch ohne Netz.',
  used: 'In Gebrauch',
  kept: 'Auf diesem Gerät behalten, arbeitet ohne Netz',
  not_kept: 'Nicht behalten: braucht beim ersten Mal ein Netz',
  not_for: 'Nicht für:',
  kinds: { one: '{n} Art, {size}, Version {version}. Lizenz des Modells: {licence}.', other: '{n} Arten, {size}, Version {version}. Lizenz des Modells: {licence}.' },
  use: 'Benutzen',
  keep: 'Behalten',
  remove: 'Entfernen',
  kept_now: 'Behalten.',
  removed: 'Entfernt. Es kommt wieder, wenn es benutzt wird.',
  storage: 'Diese Seite belegt {used} auf diesem Gerät; {free} sind für sie frei.',
  failed: 'Das ging nicht: {message}',
};
