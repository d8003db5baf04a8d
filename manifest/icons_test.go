package manifest

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"slices"
	"testing"

	"golang.org/x/image/vector"
)

var update = flag.Bool("update", false, "write the golden files")

// The icons are drawn here and kept as files: what a viewer sees
// is in the repository, and the program needs no drawing code.
func TestIconsAreWhatTheCodeDraws(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]*image.NRGBA{
		"color.png":   drawColor(),
		"outline.png": drawOutline(),
	} {
		if *update {
			var buf bytes.Buffer
			if err := png.Encode(&buf, want); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		// The encoder may compress otherwise in another version of Go; the pixels count.
		pixels := image.NewNRGBA(got.Bounds())
		draw.Draw(pixels, got.Bounds(), got, got.Bounds().Min, draw.Src)
		if pixels.Rect != want.Rect || !alike(pixels.Pix, want.Pix) {
			t.Errorf("%s is not what the code draws; if the drawing is right, run with -update", name)
		}
	}
}

// alike allows for processors that round a product and a sum once or twice.
func alike(a, b []uint8) bool {
	for i := range a {
		if max(a[i], b[i])-min(a[i], b[i]) > 1 {
			return false
		}
	}
	return true
}

// path is a closed polygon, in units of a grid of 192 by 192.
type path [][2]float64

func arc(x, y, r, from, to float64) path {
	const steps = 32
	var p path
	for i := range steps + 1 {
		sin, cos := math.Sincos(from + (to-from)*float64(i)/steps)
		p = append(p, [2]float64{x + r*cos, y + r*sin})
	}
	return p
}

func circle(x, y, r float64) path { return arc(x, y, r, 0, 2*math.Pi) }

func roundRect(x, y, w, h, r float64) path {
	const quarter = math.Pi / 2
	return slices.Concat(
		arc(x+w-r, y+h-r, r, 0, quarter),
		arc(x+r, y+h-r, r, quarter, 2*quarter),
		arc(x+r, y+r, r, 2*quarter, 3*quarter),
		arc(x+w-r, y+r, r, 3*quarter, 4*quarter),
	)
}

// view is the square of the grid that an icon shows.
type view struct{ x, y, size float64 }

// coverage rasterises paths for an icon of size pixels.
func (v view) coverage(size int, paths ...path) *image.Alpha {
	r := vector.NewRasterizer(size, size)
	at := func(q [2]float64) (x, y float32) {
		scale := float64(size) / v.size
		return float32((q[0] - v.x) * scale), float32((q[1] - v.y) * scale)
	}
	for _, p := range paths {
		r.MoveTo(at(p[0]))
		for _, q := range p[1:] {
			r.LineTo(at(q))
		}
		r.ClosePath()
	}
	mask := image.NewAlpha(image.Rect(0, 0, size, size))
	r.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	return mask
}

// The product's sign: a two-way radio with a price tag, and on the tag a quotation mark.
// Edges lie on multiples of 5 from 18, 20, so that they are sharp in the outline.
var (
	radio = []path{
		roundRect(48, 20, 15, 70, 7.5), // antenna
		roundRect(83, 45, 20, 24, 5),   // knob
		roundRect(33, 60, 85, 110, 14), // body
	}
	windows = []path{
		roundRect(48, 75, 50, 25, 6), // display
		roundRect(48, 115, 50, 8, 4), // loudspeaker
		roundRect(48, 130, 50, 8, 4),
		roundRect(48, 145, 50, 8, 4),
	}
	tag      = tagShape(0)
	tagRim   = tagShape(8)
	tagMarks = slices.Concat([]path{circle(130, 110, 6)}, comma(118, 142), comma(143, 142))
)

// tagShape is a price tag, grown by rim on all sides.
func tagShape(rim float64) path {
	const left, top, right, bottom, cut, corner = 98, 95, 163, 180, 22, 7
	const eighth = math.Pi / 4
	r := corner + rim
	return slices.Concat(
		arc(right-corner, bottom-corner, r, 0, 2*eighth),
		arc(left+corner, bottom-corner, r, 2*eighth, 4*eighth),
		arc(left+corner, top+cut, r, 4*eighth, 5*eighth),
		arc(left+cut, top+corner, r, 5*eighth, 6*eighth),
		arc(right-cut, top+corner, r, 6*eighth, 7*eighth),
		arc(right-corner, top+cut, r, 7*eighth, 8*eighth),
	)
}

// comma is one half of a closing quotation mark, its dot around x, y.
func comma(x, y float64) []path {
	tail := append(arc(x-11, y, 21, 0, 1.05), [2]float64{x - 5, y + 12}, [2]float64{x, y})
	return []path{circle(x, y, 10), tail}
}

func drawColor() *image.NRGBA {
	navy, amber := color.NRGBA{0x0F, 0x4C, 0x75, 0xFF}, color.NRGBA{0xFF, 0xB7, 0x03, 0xFF}
	icon := image.NewNRGBA(image.Rect(0, 0, 192, 192))
	fill := func(c color.Color, paths ...path) {
		mask := view{0, 0, 192}.coverage(192, paths...)
		draw.DrawMask(icon, icon.Rect, image.NewUniform(c), image.Point{}, mask, image.Point{}, draw.Over)
	}
	fill(navy, path{{0, 0}, {192, 0}, {192, 192}, {0, 192}})
	fill(color.White, radio...)
	fill(navy, append(windows, tagRim)...)
	fill(amber, tag)
	fill(navy, tagMarks...)
	return icon
}

// drawOutline draws white and transparent only, up to the edges.
func drawOutline() *image.NRGBA {
	const size = 32
	v := view{18, 20, 160}
	icon := image.NewNRGBA(image.Rect(0, 0, size, size))
	add, cut := v.coverage(size, radio...), v.coverage(size, append(windows, tagRim)...)
	addTag, cutTag := v.coverage(size, tag), v.coverage(size, tagMarks...)
	for y := range size {
		for x := range size {
			a := without(add.AlphaAt(x, y), cut.AlphaAt(x, y)) + without(addTag.AlphaAt(x, y), cutTag.AlphaAt(x, y))
			icon.SetNRGBA(x, y, color.NRGBA{0xFF, 0xFF, 0xFF, uint8(min(a, 0xFF))})
		}
	}
	return icon
}

// without is how much of a pixel is covered by add and not by cut.
func without(add, cut color.Alpha) int { return int(add.A) * (0xFF - int(cut.A)) / 0xFF }
