import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// From the smallest that has everything to the largest that anybody has.
private let paneSizes = [(60, 16), (80, 24), (120, 35), (200, 60), (300, 80)]

// The panes in Screens.
extension ScreenTests {
    private func press(_ model: inout Model, _ keys: Key...) {
        for key in keys { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
    }

    @Test("events, the newest at the bottom, the loudest seen first", arguments: paneSizes)
    func events(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("5"))
        try Golden.expect(model, "events-\(width)x\(height)")
    }

    @Test("an event in detail", arguments: [(60, 16), (80, 24)])
    func event(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("5"), .up, .up, .up, .enter)
        try Golden.expect(model, "event-\(width)x\(height)")
    }

    @Test("filtered while it is typed")
    func filtered() throws {
        var model = Samples.screensModel(Size(width: 80, height: 24))
        press(&model, .character("5"), .character("\\"))
        for character in "level:notice !pause" { press(&model, .character(character)) }
        try Golden.expect(model, "events-filter")
    }

    @Test("the heat-map: a shade, a digit and the figure for each pair", arguments: paneSizes)
    func heat(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("6"), .down, .right)
        try Golden.expect(model, "heat-\(width)x\(height)")
    }

    @Test("the heat-map without colours, of what was lost")
    func heatMonochrome() throws {
        var model = Samples.screensModel(Size(width: 80, height: 24))
        press(&model, .character("6"), .character("x"), .character("x"))
        try Golden.expect(model, "heat-none", scheme: .none)
    }

    @Test("one pair of the heat-map")
    func pair() throws {
        var model = Samples.screensModel(Size(width: 80, height: 24))
        press(&model, .character("6"), .right, .right, .enter)
        try Golden.expect(model, "heat-pair")
    }

    @Test("the broker: its last ten minutes, its limits, what it refuses", arguments: paneSizes)
    func broker(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("7"))
        _ = update(&model, .link(.statistics(Samples.troubled)), now: Samples.now)
        try Golden.expect(model, "broker-\(width)x\(height)")
        guard height <= 24 else { return }
        press(&model, .character("z"))
        try Golden.expect(model, "broker-zoomed-\(width)x\(height)")
    }

    @Test("a trace: a waterfall, and every step", arguments: [(60, 16), (80, 24), (120, 35)])
    func trace(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("1"), .character("T"), .enter)
        try Golden.expect(model, "trace-\(width)x\(height)")
    }

    @Test("an alert that holds is in the header, and an event", arguments: [(60, 16), (120, 35)])
    func alert(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("5"), .character("!"))
        for character in "lag of alice > 1000" { press(&model, .character(character)) }
        press(&model, .enter)
        _ = update(&model, .link(.statistics(Samples.troubled)), now: Samples.now)
        try Golden.expect(model, "alert-\(width)x\(height)")
    }

    @Test("half a minute and two seconds ago", arguments: [(80, 24), (120, 35)])
    func travelled(width: Int, height: Int) throws {
        var model = Samples.screensModel(Size(width: width, height: height))
        press(&model, .character("@"))
        _ = update(&model, .link(.screen(.travelled(Samples.travelRecord))), now: Samples.now)
        press(&model, .character("["), .left, .left)
        try Golden.expect(model, "travel-\(width)x\(height)")
        press(&model, .character("7"), .character("z"))
        try Golden.expect(model, "travel-broker-\(width)x\(height)")
    }
}
