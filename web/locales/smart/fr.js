/* smart/fr.js : les mêmes mots en français. */

export default {
  heading: 'Dossier',
  send: 'Mettre cette réponse dans le dossier',
  sending: 'Envoi de la réponse…',
  sent: 'Le dossier chez {host} a la réponse. L’image n’a pas été envoyée.',
  done: 'Fermer et revenir au dossier',
  silent: 'Le système de dossiers chez {host} ne répond pas.',
  refused: 'Le système de dossiers chez {host} ne l’a pas acceptée : {reason}',
  // dans ce qui est envoyé
  device: 'Classificateur d’images, un programme',
  observation: '{name} : à quel genre connu l’image ressemble le plus, selon un programme ; pas un diagnostic',
  answer: 'L’image ressemble le plus à : {label}.',
  unsure: 'Le programme hésite. L’image pourrait être : {named}.',
  findings: 'Le programme voit des signes de : {named}.',
  no_findings: 'Aucun signe n’atteint son seuil ; le plus probable d’entre eux est : {label}. Cela n’exclut rien.',
  reject: 'L’image n’a pas été jugée : elle ne ressemble pas à une image que le modèle puisse juger.',
  group_reached: 'Atteint le seuil de {limit}, à partir duquel le paquet demande de l’attention.',
  group_below: 'Sous le seuil de {limit}. Cela ne l’exclut pas.',
  not_diagnosis: 'Fait par un programme et encore vérifié par personne. Pas un diagnostic.',
};
