/** The square part of a picture that is shown: its centre in pixels of the picture, and the zoom (1 shows the most). */
export class SquareCrop {
  static readonly MOST = 4;
  zoom = 1;
  x: number;
  y: number;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.x = width / 2;
    this.y = height / 2;
  }

  /** The side of the square, in pixels of the picture. */
  get side(): number {
    return Math.min(this.width, this.height) / this.zoom;
  }

  get left(): number {
    return this.x - this.side / 2;
  }

  get top(): number {
    return this.y - this.side / 2;
  }

  /** Move the square by parts of its side; it stays inside the picture. */
  move(right: number, down: number): void {
    this.x = within(this.x + right * this.side, this.side, this.width);
    this.y = within(this.y + down * this.side, this.side, this.height);
  }

  /** Zoom around the centre. */
  zoomTo(zoom: number): void {
    this.zoom = Math.min(Math.max(zoom, 1), SquareCrop.MOST);
    this.move(0, 0);
  }
}

function within(centre: number, side: number, length: number): number {
  return Math.min(Math.max(centre, side / 2), length - side / 2);
}
