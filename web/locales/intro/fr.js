/* intro/fr.js : les mots des premiers pas, en français. */

export default {
  step: '{n} sur {all}',
  next: 'Suivant',
  back: 'Retour',
  start: 'Commencer',
  does_heading: 'Ce qu’elle fait',
  does_1: 'Elle compare votre image à ce qu’un modèle a appris, et dit à quoi elle ressemble le plus.',
  does_2: 'Tout se passe sur cet appareil. L’image ne va nulle part et n’est pas gardée.',
  does_3: 'Elle marche sans réseau une fois venue ici.',
  not_heading: 'Ce qu’elle n’est pas',
  not_1: 'Pas un diagnostic, et elle peut se tromper, même quand elle paraît convaincue.',
  not_2: 'Elle ne connaît que ce que le modèle a appris, et le dit quand une image est d’un autre genre.',
  not_3: 'Ce qui vous inquiète, montrez-le à quelqu’un qui connaît le sujet, quoi que dise cette page.',
  photo_heading: 'Une photo qu’elle puisse lire',
  photo_1: 'De près et nette : ce que vous montrez remplit environ la moitié du carré.',
  photo_2: 'Une lumière égale, sans reflet, sans rien par-dessus.',
  photo_3: 'Puis placez le carré : seul l’intérieur est jugé.',
};
