/* stuck.js: what a document says where its scripts do not come, in every
 * language of the page. The build puts it into the documents, as nothing else
 * can be counted on then. What is in brackets leads to the document anew. */

/** @type {Record<string, string>} */
export const STUCK = {
  en: 'A part of this page has not come. Check the connection, then [load it again].',
  de: 'Ein Teil dieser Seite ist nicht angekommen. Prüfen Sie die Verbindung und [laden Sie neu].',
  fr: 'Une partie de cette page n’est pas arrivée. Vérifiez la connexion, puis [rechargez-la].',
  es: 'Una parte de esta página no ha llegado. Compruebe la conexión y [vuelva a cargarla].',
  ar: 'لم يصل جزء من هذه الصفحة. تحقّق من الاتصال ثم [أعد التحميل].',
  hi: 'इस पन्ने का एक हिस्सा नहीं आया। कनेक्शन जाँचें, फिर [पन्ना दोबारा लोड करें]।',
  'zh-Hans': '本页有一部分没有载入。请检查网络连接，然后[重新载入]。',
};
