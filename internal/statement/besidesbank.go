package statement

import (
	"strings"

	"rapport/internal/money"
	"rapport/internal/report"
)

// besidesBank says what the answer holds that Dintero does not pay out: gift cards, and what
// was paid elsewhere. Who compares with the bank takes it off.
func besidesBank(fs *Figures) ([]string, error) {
	if !fs.Layout.Income {
		return nil, nil
	}
	var said []string
	for _, code := range []string{"dintero.wallets", "dintero.external"} {
		var amounts []string
		for _, currency := range fs.currencies() {
			group := fs.Totals.Groups[report.PerMethod][report.Group{Name: code, Code: currency}]
			if group == nil {
				continue
			}
			sum, err := fs.answerOf(group)
			if err != nil {
				return nil, err
			}
			if sum != 0 {
				amounts = append(amounts, fs.Words.MoneyByCode(money.Amount{Minor: sum, Currency: currency}))
			}
		}
		if len(amounts) > 0 {
			said = append(said, report.MethodName(fs.Words, code)+" "+strings.Join(amounts, ", "))
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	return []string{fs.Words.Word("document.besides_bank", strings.Join(said, " · "))}, nil
}
