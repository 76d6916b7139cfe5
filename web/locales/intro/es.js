/* intro/es.js: las palabras de los primeros pasos, en español. */

export default {
  step: '{n} de {all}',
  next: 'Siguiente',
  back: 'Atrás',
  start: 'Empezar',
  does_heading: 'Lo que hace',
  does_1: 'Compara su imagen con lo que un modelo ha aprendido, y dice a qué se parece más.',
  does_2: 'Todo ocurre en este dispositivo. La imagen no va a ninguna parte y no se guarda.',
  does_3: 'Funciona sin red una vez que ha estado aquí.',
  not_heading: 'Lo que no es',
  not_1: 'No es un diagnóstico, y puede equivocarse, también cuando parece convencido.',
  not_2: 'Solo conoce lo que ha aprendido, y lo dice cuando una imagen es de otra clase.',
  not_3: 'Lo que le preocupe, muéstreselo a alguien que conozca la materia, diga lo que diga esta página.',
  photo_heading: 'Una foto que pueda leer',
  photo_1: 'De cerca y nítida: lo que muestra llena más o menos la mitad del cuadrado.',
  photo_2: 'Luz uniforme, sin reflejo, sin nada encima.',
  photo_3: 'Después coloque el cuadrado: solo se juzga lo de dentro.',
};
