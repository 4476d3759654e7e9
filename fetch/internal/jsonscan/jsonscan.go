// Package jsonscan reads JSON that is rows of one kind, in an array or one a line, several
// times as fast as a JSON library, and keeps only the fields that it is told to keep. What it
// cannot read fast it reads by the library, with the same result and the same words.
//
// It refuses to guess: what is cut short, no UTF-8, too large or too wide, a name that comes
// twice, another shape than was asked for, each is an error that says where. It knows no
// field of anybody's: what a value means, and whether a row is sound, others say.
package jsonscan
