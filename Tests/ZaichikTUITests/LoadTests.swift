import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct LoadTests {
    var model = Samples.model(Size(width: 200, height: 50))
    let now = Samples.now

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    private mutating func type(_ text: String) { for character in text { press(.character(character)) } }

    private var screen: String {
        RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: "\n")
    }

    private static let plan = LoadPlan(
        topic: try! TopicName("load"), rate: 1000, size: 200, keys: 100, shape: .steady, publishers: 1)

    @Test("L shows the load generator, L again starts it as it is set, and once more stops it")
    mutating func start() {
        press(.character("4"), .character("L"))
        #expect(screen.contains("L starts it") && screen.contains("not running"))
        #expect(press(.character("L")) == [.link(.load(.start(Self.plan)))])
        var report = LoadReport()
        (report.sent, report.confirmed, report.rate, report.elapsed) = (1500, 1400, 990, 1_500_000)
        for latency in [300, 400, 500, 9000] as [UInt64] { report.latency.record(latency) }
        _ = update(&model, .link(.load(.load(report))), now: now)
        #expect(screen.contains("running") && screen.contains("1500") && screen.contains("p50 407 µs"))
        #expect(press(.character("L")) == [.link(.load(.stop))])
        report.isOver = true
        _ = update(&model, .link(.load(.load(report))), now: now)
        #expect(!model.publish.load.isRunning && model.notice?.text.contains("1400") == true)
        press(.escape)
        #expect(model.publish.screen == .message)
    }

    @Test("what is set is typed; what cannot be is said at its place, and nothing starts")
    mutating func knobs() {
        press(.character("4"), .character("L"), .enter, .tab, .control("u"))
        type("fast")
        for _ in LoadKnob.rate.rawValue..<LoadKnob.allCases.count - 1 { press(.enter) }
        #expect(press(.enter).isEmpty && model.publish.load.form.current == .rate)
        #expect(model.notice?.text.contains("'fast' is no rate") == true && model.publish.isEditing)
        press(.control("u"))
        type("50")
        press(.escape)
        var plan = Self.plan
        plan.rate = 50
        #expect(press(.character("L")) == [.link(.load(.start(plan)))])
    }

    @Test("W shows slow clients and starts them; their lag is told beside")
    mutating func slowClients() {
        press(.character("4"), .character("W"))
        let plan = SlowClientPlan(
            pattern: try! TopicPattern("load"), clients: 3, delay: 20, jitter: 10, window: 64, stall: nil,
            stallEvery: 30_000)
        #expect(press(.character("W")) == [.link(.load(.startSlowClients(plan)))])
        var rows = Samples.statistics
        rows.clients?.rows[0].name = "slow-1"
        _ = update(&model, .link(.statistics(rows)), now: now)
        var report = SlowClientReport()
        (report.connected, report.delivered) = (3, 17)
        _ = update(&model, .link(.load(.slowClients(report))), now: now)
        #expect(screen.contains("3 connected") && screen.contains("their lag 12841"))
        #expect(press(.character("W")) == [.link(.load(.stopSlowClients))])
    }

    @Test("the palette starts load at a rate, and stops it without one")
    mutating func palette() {
        type(":load 50 orders.eu")
        var plan = Self.plan
        (plan.rate, plan.topic) = (50, try! TopicName("orders.eu"))
        #expect(press(.enter) == [.link(.load(.start(plan)))])
        type(":load")
        #expect(press(.enter) == [.link(.load(.stop))])
        type(":slow 7 orders.*")
        guard case .link(.load(.startSlowClients(let slow)))? = press(.enter).first else { return #expect(Bool(false)) }
        #expect(slow.clients == 7 && slow.pattern.string == "orders.*")
    }

    @Test("load ends with the broker that is left")
    mutating func leaving() {
        press(.character("4"), .character("L"), .character("L"))
        model.publish.leaveBroker()
        #expect(!model.publish.load.isRunning && model.publish.load.report == nil)
        #expect(model.publish.load.form.text(.rate) == "1000")
    }

    @Test("with --read-only nothing is loaded")
    mutating func readOnly() {
        model.isReadOnly = true
        #expect(press(.character("4"), .character("L")).isEmpty && model.notice?.text.contains("--read-only") == true)
    }

    @Test("every setting can be seen while it is typed, at any size", arguments: 1...12)
    func places(height: Int) {
        for width in [10, 43, 60, 120] {
            for knob in LoadKnob.allCases {
                var form = KnobForm<LoadKnob>()
                form.choose(knob)
                let inside = Rect(x: 1, y: 1, width: width, height: height)
                let area = KnobArea(inside, form, isEditing: true, figures: 4)
                #expect(area.row(of: knob) != nil, "\(knob) at \(width)×\(height)")
                for other in LoadKnob.allCases {
                    guard let row = area.row(of: other) else { continue }
                    #expect(row.y >= inside.y && row.maxY <= inside.maxY && row.maxX <= inside.maxX)
                }
            }
        }
    }

    // MARK: Plans

    @Test("all shapes send as much in the end, and never less than before", arguments: LoadPlan.Shape.allCases)
    func shapes(shape: LoadPlan.Shape) {
        var before = 0.0
        for step in 0...6000 {
            let due = shape.due(after: Double(step) / 100)
            #expect(due >= before - 1e-9)
            before = due
        }
        #expect(abs(shape.due(after: 60) - 60) < 1e-6)
    }

    @Test("a payload has the size that was asked for")
    func payloads() {
        for size in [0, 1, 10, 17, 18, 19, 200, 5000] {
            var plan = Self.plan
            plan.size = size
            let payload = plan.payload(12_345)
            #expect(payload.count == size || size > 5 && payload.count == 5, "\(size)")
            if size >= 30 { #expect(JSONText.isDocument(payload)) }
        }
    }

    @Test("percentiles are within three parts in a hundred of what was recorded")
    func percentiles() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(50) == nil)
        for value in 1...100_000 as ClosedRange<UInt64> { histogram.record(value) }
        for percent in [1, 50, 90, 99, 99.9, 100] {
            let value = Double(histogram.percentile(percent) ?? 0)
            #expect(value >= 1000 * percent * 0.999 && value <= 1000 * percent * 1.04, "\(percent): \(value)")
        }
        #expect(histogram.longest == 100_000)
        var other = LatencyHistogram()
        other.record(.max)
        histogram.add(other)
        #expect(histogram.count == 100_001 && histogram.percentile(100) == .max)
    }
}
