package queueid

import "testing"

func TestTheQueueIDIsReadFromTheAnswersOfManyRelays(t *testing.T) {
	for answer, want := range map[string]string{
		"250 2.0.0 Ok: queued as 4XyZ1a0b2Cz9rT":        "4XyZ1a0b2Cz9rT",
		"250 2.0.0 Ok: queued for delivery as <9D0E1F>": "9D0E1F",
		"250 OK id=1rABcd-000123-4E":                    "1rABcd-000123-4E",
		"250 2.6.0 <a@x.example> [InternalId=12345678, Hostname=mx.example] 9 bytes in 0.1, Queued mail for delivery": "12345678",
		"250 2.0.0 OK  1764230400 a1b2c3d4-e5f6g7h8.12 - gsmtp":                                                       "a1b2c3d4-e5f6g7h8.12",
		"250 2.0.0 5AR1b2C3012345 Message accepted for delivery":                                                      "5AR1b2C3012345",
		"250 ok 1764230400 qp 12345":                                                                                  "1764230400 qp 12345",
		"250 Message Queued (0A1B2C3D-4E5F.1)":                                                                        "0A1B2C3D-4E5F.1",
		"250 Ok 0102018b7c1d2e3f-1a2b3c4d-000000":                                                                     "0102018b7c1d2e3f-1a2b3c4d-000000",
		"250 2.0.0 Message-ID: <abc123@x.example> taken":                                                              "abc123@x.example",
		"250 2.0.0 OK: queued":                                                                                        "",
		"250 Queued (0.123 seconds)":                                                                                  "",
		"250 2.0.0 Message accepted":                                                                                  "",
		"250 Message accepted for delivery":                                                                           "",
		"250 2.0.0 Message accepted for delivery":                                                                     "",
		"250 queued as usual":                                                                                         "",
		"250":                                                                                                         "",
		"":                                                                                                            "",
	} {
		if id := In(answer); id != want {
			t.Errorf("%s: %q, want %q", answer, id, want)
		}
	}
}
