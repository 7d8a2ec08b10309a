/** Pictures are drawn anew before they are kept: smaller, turned as they were held, and without what the camera wrote beside them. */
export const longest = 1600
export const smaller = 320

export interface Pictures {
  blob: Blob
  small: Blob
}

/** The size of a picture whose longer side is at most `side`. */
export function fitted(width: number, height: number, side: number): { width: number; height: number } {
  const by = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) }
}

const blobOf = (canvas: HTMLCanvasElement, quality: number): Promise<Blob> =>
  new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture'))), 'image/jpeg', quality),
  )

export function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, width, height)
  pen.imageSmoothingQuality = 'high'
  return [canvas, pen]
}

/** What is kept of a picture that can be drawn. */
export async function pictures(source: CanvasImageSource, width: number, height: number): Promise<Pictures> {
  const draw = (side: number) => {
    const size = fitted(width, height, side)
    const [canvas, pen] = canvasOf(size.width, size.height)
    pen.drawImage(source, 0, 0, size.width, size.height)
    return canvas
  }
  const whole = draw(longest)
  let blob = await blobOf(whole, 0.8)
  // Grass and gravel compress badly; nobody looks at it that closely.
  if (blob.size > 700_000) blob = await blobOf(whole, 0.6)
  return { blob, small: await blobOf(draw(smaller), 0.7) }
}

/** A photo as the camera or the album gives it. A browser turns it by its EXIF when it draws it. */
export async function reduced(file: Blob): Promise<Pictures> {
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    return await pictures(image, image.naturalWidth, image.naturalHeight)
  } finally {
    URL.revokeObjectURL(url)
  }
}
