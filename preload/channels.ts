/** The two ways across: requests from a window, news to all of them. */
export const requestChannel = 'onlooker:request';
export const newsChannel = 'onlooker:news';
