import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// Messages and Publish as whole screens.
@Suite struct MessageScreenTests {
    private static let sizes = [(60, 16), (80, 24), (120, 35), (200, 60)]

    private func model(_ width: Int, _ height: Int) -> Model {
        var model = Samples.model(Size(width: width, height: height))
        model.show(.messages)
        return model
    }

    private func press(_ model: inout Model, _ keys: Key...) {
        for key in keys { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
        model.notice = nil
    }

    private func tell(_ model: inout Model, _ event: LinkEvent) {
        _ = update(&model, .link(event), now: Samples.now)
        model.notice = nil
    }

    @Test("marked messages, a filter and a hidden topic", arguments: sizes)
    func marked(width: Int, height: Int) throws {
        var model = model(width, height)
        press(&model, .up, .up, .character("i"), .enter, .character(" "), .character("\\"))
        for character in "e" { press(&model, .character(character)) }
        try Golden.expect(model, "messages-marked-\(width)x\(height)")
    }

    @Test("a message in JSON, folded, and what differs from the one before", arguments: sizes)
    func message(width: Int, height: Int) throws {
        var model = model(width, height)
        let texts = [
            #"{"order":{"id":17,"lines":[{"sku":"a","n":1},{"sku":"b","n":2}]},"paid":false}"#,
            #"{"order":{"id":17,"lines":[{"sku":"a","n":1}]},"paid":true}"#,
        ]
        let arrivals = texts.enumerated().map {
            Samples.message(UInt64(7 + $0.offset), "orders.eu", $0.element, key: "k17")
        }
        tell(&model, .arrived(arrivals))
        press(&model, .enter, .enter, .character("-"))
        try Golden.expect(model, "message-folded-\(width)x\(height)")
        press(&model, .character("d"))
        try Golden.expect(model, "message-difference-\(width)x\(height)")
    }

    @Test("a topic that is browsed", arguments: sizes)
    func browsing(width: Int, height: Int) throws {
        var model = model(width, height)
        let request = BrowseRequest(topic: try TopicName("orders.eu"), start: .earliest, part: .place)
        model.browse = Browse(request.topic)
        model.browse?.asked = request
        let kept = (1...40 as ClosedRange<UInt64>).map { number in
            ReceivedMessage(
                topic: "orders.eu", sequence: number, timestamp: Samples.now + number * 1_037_000,
                key: number % 3 == 0 ? nil : Array("k\(number * 7 % 40)".utf8),
                payload: Array(#"{"id":\#(number)}"#.utf8),
                length: 9 + (number < 10 ? 0 : 1), number: 0, connection: 0)
        }
        tell(&model, .browse(.page(request, kept)))
        press(&model, .down)
        try Golden.expect(model, "browse-\(width)x\(height)")
    }

    @Test("writing with options, a topic that is completed, and a file", arguments: sizes)
    func writing(width: Int, height: Int) throws {
        var model = model(width, height)
        press(&model, .character("p"), .backTab, .backTab, .control("u"), .character("o"))
        try Golden.expect(model, "publish-completion-\(width)x\(height)")
        press(&model, .tab, .tab, .tab)
        _ = update(&model, .file(.read(path: "hare.png", [UInt8](repeating: 7, count: 4321))), now: Samples.now)
        press(&model, .tab)
        for character in "color:grey" { press(&model, .character(character)) }
        try Golden.expect(model, "publish-options-\(width)x\(height)")
    }

    @Test("the load generator and the slow clients at work", arguments: sizes)
    func load(width: Int, height: Int) throws {
        var model = model(width, height)
        press(&model, .character("4"), .character("L"), .character("L"))
        var report = LoadReport()
        (report.elapsed, report.connected, report.sent, report.rate) = (61_000_000, 1, 61_017, 1002)
        (report.confirmed, report.refused) = (60_990, 3)
        for latency in 1...200 as ClosedRange<UInt64> { report.latency.record(latency * 37) }
        tell(&model, .load(.load(report)))
        try Golden.expect(model, "load-\(width)x\(height)")
        press(&model, .character("W"), .character("W"))
        var slow = SlowClientReport()
        (slow.elapsed, slow.connected, slow.stalled, slow.delivered, slow.committed) = (61_000_000, 3, 1, 9120, 9117)
        (slow.reconnects, slow.lost) = (2, 17)
        tell(&model, .load(.slowClients(slow)))
        try Golden.expect(model, "slow-clients-\(width)x\(height)")
    }
}
