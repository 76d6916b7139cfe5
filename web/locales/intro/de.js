/* intro/de.js: die Wörter der ersten Schritte, auf Deutsch. */

export default {
  step: '{n} von {all}',
  next: 'Weiter',
  back: 'Zurück',
  start: 'Anfangen',
  does_heading: 'Was sie tut',
  does_1: 'Sie vergleicht Ihr Bild mit dem, was ein Modell gelernt hat, und sagt, wem es am meisten ähnelt.',
  does_2: 'Alles geschieht auf diesem Gerät. Das Bild geht nirgendwohin und wird nicht behalten.',
  does_3: 'War sie einmal hier, arbeitet sie auch ohne Netz.',
  not_heading: 'Was sie nicht ist',
  not_1: 'Sie ist keine Diagnose und kann sich irren, auch wenn sie sicher scheint.',
  not_2: 'Sie kennt nur, was sie gelernt hat, und sagt es, wenn ein Bild von anderer Art ist.',
  not_3: 'Was Ihnen Sorgen macht, zeigen Sie jemandem, der sich auskennt, was immer diese Seite sagt.',
  photo_heading: 'Ein Foto, das sie lesen kann',
  photo_1: 'Nah und scharf: Was Sie zeigen, füllt etwa die Hälfte des Quadrats.',
  photo_2: 'Gleichmäßiges Licht, keine Spiegelung, nichts darüber.',
  photo_3: 'Dann legen Sie das Quadrat: Nur was darin liegt, wird beurteilt.',
};
