import Testing
import ZaichikProtocol
import ZaichikWords

@Suite struct FigureTextTests {
    private static let now: UInt64 = 1_700_000_000_000_000

    @Test(
        "narrow counts are exact up to four digits",
        arguments: [
            (0, "0"), (9999, "9999"), (10_000, "10.0k"), (12_841, "12.8k"), (99_949, "99.9k"), (99_950, "100k"),
            (999_499, "999k"), (999_500, "1.0M"), (1_300_000, "1.3M"), (UInt64.max, "18.4E"),
        ] as [(UInt64, String)])
    func narrowCounts(value: UInt64, text: String) {
        #expect(NarrowFigure.count(value) == text)
    }

    @Test(
        "bytes are in powers of 1024, in a column and in a sentence",
        arguments: [
            (0, "0", "0 B"), (512, "512", "512 B"), (1024, "1.0K", "1 KiB"), (1536, "1.5K", "1.5 KiB"),
            (12 << 20, "12.0M", "12 MiB"), (1023 << 20, "1023M", "1023 MiB"), (1 << 40, "1.0T", "1 TiB"),
            ((1 << 20) - 1, "1.0M", "1 MiB"), (UInt64.max, "16.0E", "16 EiB"),
        ] as [(UInt64, String, String)])
    func bytes(value: UInt64, narrow: String, full: String) {
        #expect(NarrowFigure.bytes(value) == narrow)
        #expect(FigureText.bytes(value) == full)
    }

    @Test("no narrow figure is wider than its column")
    func widths() {
        for shift in 0..<64 {
            for value in [UInt64(1) << shift, (UInt64(1) << shift) &- 1, (UInt64(1) << shift) / 10 * 9] {
                #expect(NarrowFigure.count(value).count <= 5)
                #expect(NarrowFigure.bytes(value).count <= 5)
            }
        }
    }

    @Test(
        "ages are whole, in two units at most",
        arguments: [
            (5, "<1ms"), (9_000, "9ms"), (999_999, "999ms"), (1_000_000, "1s"), (59_999_999, "59s"),
            (250_000_000, "4m10s"), (125_000_000, "2m05s"), (11_520_000_000, "3h12m"), (187_200_000_000, "2d4h"),
        ] as [(UInt64, String)])
    func ages(microseconds: UInt64, text: String) {
        #expect(FigureText.age(microseconds: microseconds) == text)
    }

    @Test(
        "measured times have three digits, and round up into the next unit",
        arguments: [
            (0, "0 µs"), (410, "410 µs"), (1000, "1 ms"), (3_200, "3.2 ms"), (48_000, "48 ms"), (123_456, "123 ms"),
            (999_600, "1 s"), (1_500_000, "1.5 s"), (59_960_000, "1m"), (125_000_000, "2m05s"),
            (90_000_000_000, "1d1h"),
        ] as [(UInt64, String)])
    func durations(microseconds: UInt64, text: String) {
        #expect(FigureText.duration(microseconds: microseconds) == text)
    }

    @Test("a time in ms is never too long to be told")
    func longest() {
        #expect(FigureText.duration(milliseconds: 7_200_000) == "2h")
        #expect(FigureText.duration(milliseconds: 86_400_000) == "1d")
        #expect(FigureText.duration(milliseconds: 5_400_000) == "1h30m")
        #expect(FigureText.duration(milliseconds: .max) == "213503982334d14h")
    }

    @Test("a figure's text is made from its unit; ages are told as ages, and 0 of them is none")
    func units() {
        #expect(FigureText.text(256_820_000, ClientFigure.oldestAge) == "4m16s")
        #expect(FigureText.text(8_240_000, TopicFigure.lastPublishAge) == "8s")
        #expect(FigureText.text(410, ClientFigure.roundTrip) == "410 µs")
        #expect(FigureText.text(0, ClientFigure.roundTrip) == "-" && FigureText.text(0, ClientFigure.oldestAge) == "-")
        #expect(FigureText.text(1536, ClientFigure.lagBytes) == "1.5 KiB")
        #expect(FigureText.text(12_841, ClientFigure.lagMessages) == "12841")
        #expect(FigureText.text(Self.now, ClientFigure.connectedAt) == "2023-11-14T22:13:20.000Z")
    }

    @Test("a figure in µs is an age by its name, or a time that was measured once")
    func agesByName() {
        func times<F: Figure>(_: F.Type) -> [String] {
            F.allCases.filter { $0.unit == .microseconds }.map(\.name)
        }
        let names =
            times(BrokerFigure.self) + times(TopicFigure.self) + times(ClientFigure.self)
            + times(ClientTopicFigure.self)
        let others = [
            "round_trip_us", "unwritable_us", "unwritable_total_us", "delivery_p50_us", "delivery_p99_us",
            "delivery_max_us", "commit_p50_us", "commit_p99_us", "commit_max_us",
        ]
        #expect(Set(names.filter { !$0.hasSuffix("_age_us") }) == Set(others))
        #expect(names.count > 3)
    }

    @Test(
        "times are told in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
            (1_767_323_045_678_000, "2026-01-02T03:04:05.678Z"),
        ] as [(UInt64, String)])
    func times(time: UInt64, text: String) {
        #expect(TimeText.text(time) == text)
    }

    @Test("times in a zone say which it is")
    func zones() {
        #expect(TimeText.text(Self.now, offset: 19_800) == "2023-11-15T03:43:20.000+05:30")
        #expect(TimeText.text(Self.now, offset: -3600) == "2023-11-14T21:13:20.000-01:00")
        #expect(TimeText.zone(0) == "Z" && TimeText.zone(-34_200) == "-09:30")
    }

    @Test("the clock is local, and right around midnight")
    func clock() {
        #expect(TimeText.clock(Self.now + 7_000, offset: 0) == "22:13:20.007")
        #expect(TimeText.clock(Self.now, offset: 3 * 3600, milliseconds: false) == "01:13:20")
        #expect(TimeText.clock(1_000_000, offset: -3600, milliseconds: false) == "23:00:01")
    }
}
