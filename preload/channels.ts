/** The ways across: requests from a window, news to all of them. */
export const requestChannel = 'onlooker:request';
export const newsChannel = 'onlooker:news';

/** To the hidden window that captures: what is wanted, with the port that frames go through. */
export const captureChannel = 'onlooker:capture';
