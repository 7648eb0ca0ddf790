/** The database that has every migration; each test file gets a copy. Nothing may stay connected to it. */
export const templateDatabase = 'template_guildhall';
