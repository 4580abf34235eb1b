/** A picture as rows of pixels, four bytes each: red, green, blue, alpha. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

export interface ScaleOptions {
  /** The picture is made to fit into this, keeps its shape and is never enlarged. */
  readonly width: number
  readonly height: number
  readonly signal?: AbortSignal
}

/** Service `pictures`: decodes what strangers made, away from this process. */
export interface Pictures {
  /** The first frame, as people see it. @throws IMAGE_INVALID, IMAGE_TOO_LARGE, TIMEOUT, CANCELLED */
  scaled(bytes: Uint8Array, options: ScaleOptions): Promise<Pixels>
}

declare module '../services.ts' {
  interface Services {
    pictures: Pictures
  }
}
