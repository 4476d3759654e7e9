package reportconfig

import "slices"

// choose reads one of a few words. other gives the word that a near miss stands for, if didYouMean cannot know.
func choose[T ~string](v value, allowed []T, other func(string) string) (T, bool) {
	s, ok := v.strLike(oneOf(allowed))
	if !ok {
		return "", false
	}
	if slices.Contains(allowed, T(s)) {
		return T(s), true
	}
	hint := didYouMean(s, words(allowed))
	if other != nil {
		if meant := other(s); meant != "" {
			hint = "did you mean " + meant + "?"
		}
	}
	v.fault(hint, "%s is not possible here", quote(s))
	return "", false
}

func oneOf[T ~string](allowed []T) string { return anyOf(words(allowed)) }

func words[T ~string](allowed []T) []string {
	s := make([]string, 0, len(allowed))
	for _, a := range allowed {
		s = append(s, string(a))
	}
	return s
}
