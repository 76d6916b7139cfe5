/* smart/es.js: las mismas palabras en español. */

export default {
  heading: 'Historia clínica',
  send: 'Pasar esta respuesta a la historia',
  sending: 'Enviando la respuesta…',
  sent: 'La historia en {host} tiene la respuesta. La imagen no se envió.',
  done: 'Cerrar y volver a la historia',
  silent: 'El sistema de historias en {host} no responde.',
  refused: 'El sistema de historias en {host} no la aceptó: {reason}',
  // en lo que se envía
  device: 'Clasificador de imágenes, un programa',
  observation: '{name}: a cuál de las clases que conoce se parece más la imagen, según un programa; no es un diagnóstico',
  answer: 'A lo que más se parece la imagen: {label}.',
  unsure: 'El programa duda. La imagen podría ser: {named}.',
  findings: 'El programa ve signos de: {named}.',
  no_findings: 'Ningún hallazgo alcanza su umbral; el más probable de ellos es: {label}. Esto no descarta nada.',
  reject: 'No se juzgó la imagen: no parece una que el modelo pueda juzgar.',
  group_reached: 'Alcanza el umbral de {limit}, a partir del cual el paquete pide atención.',
  group_below: 'Por debajo del umbral de {limit}. Esto no lo descarta.',
  not_diagnosis: 'Hecho por un programa y aún no revisado por nadie. No es un diagnóstico.',
};
