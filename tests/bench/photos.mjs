export async function timePhotos() { return []; }
