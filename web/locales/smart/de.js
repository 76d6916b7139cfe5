/* smart/de.js: dieselben Wörter auf Deutsch. */

export default {
  heading: 'Akte',
  send: 'Diese Antwort in die Akte übernehmen',
  sending: 'Die Antwort wird gesendet …',
  sent: 'Die Akte bei {host} hat die Antwort. Das Bild wurde nicht gesendet.',
  done: 'Schließen und zurück zur Akte',
  silent: 'Das Aktensystem bei {host} antwortet nicht.',
  refused: 'Das Aktensystem bei {host} hat sie nicht angenommen: {reason}',
  // in dem, was gesendet wird
  device: 'Bildklassifikator, ein Programm',
  observation: '{name}: welcher ihm bekannten Art das Bild am ähnlichsten sieht, nach einem Programm; keine Diagnose',
  answer: 'Das Bild sieht am ehesten aus wie: {label}.',
  unsure: 'Das Programm ist nicht sicher. Das Bild könnte zeigen: {named}.',
  findings: 'Das Programm sieht Anzeichen für: {named}.',
  no_findings: 'Kein Befund erreicht seine Grenze; am wahrscheinlichsten von ihnen ist: {label}. Das schließt nichts aus.',
  reject: 'Das Bild wurde nicht beurteilt: Es sieht nicht aus wie eines, das das Modell beurteilen kann.',
  group_reached: 'Erreicht die Grenze von {limit}, ab der das Paket um Aufmerksamkeit bittet.',
  group_below: 'Unter der Grenze von {limit}. Das schließt es nicht aus.',
  not_diagnosis: 'Von einem Programm gemacht und noch von niemandem geprüft. Keine Diagnose.',
};
