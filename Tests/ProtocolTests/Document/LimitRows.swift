import ZaichikProtocol

/// The rows of the table of limits and timeouts in docs/PROTOCOL.md.
enum LimitRows {
    static var lines: [String] {
        DocumentTables.table(
            ["what", "limit", "beyond it"],
            (lengths + counts + times).map { [$0.what, $0.limit, $0.beyond] })
    }

    private typealias Row = (what: String, limit: String, beyond: String)

    /// Such as `1,048,576`.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.reduce(into: "") { text, index in
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digits[index])
        }
    }

    private static func named(_ code: ErrorCode) -> String { "`\(code.name)`" }

    private static var lengths: [Row] {
        [
            ("a frame before WELCOME", "\(grouped(FrameLimits.beforeWelcome)) bytes", named(.frameTooLong)),
            (
                "a frame after WELCOME, and a classic one", "\(grouped(FrameLimits.standard)) bytes by default",
                "\(named(.frameTooLong)); a classic connection ends"
            ),
            ("a topic's name, a pattern", "\(TopicName.maximumLength) bytes", named(.badName)),
            ("a key", "\(grouped(Int(UInt16.max))) bytes", "no frame can say a longer one"),
            ("a text of HELLO", "\(FrameLimits.helloText) bytes", "it is cut at a character"),
            ("a filter of LIST or WATCH", "\(TopicQuery.longestFilter) bytes", named(.badArgument)),
        ]
    }

    private static var counts: [Row] {
        [
            (
                "the window", "\(grouped(Int(FrameLimits.window))) deliveries",
                "a larger one is granted as this one"
            ),
            ("topics", "\(grouped(PeerLimits.topics)) by default", named(.tooManyTopics)),
            (
                "subscriptions of a connection", "\(grouped(PeerLimits.subscriptions)) by default",
                named(.tooManySubscriptions)
            ),
            (
                "publishes that wait for room", "\(PeerLimits.waitingPublishes >> 20) MiB of frames a connection",
                "the connection is not read from until there is room"
            ),
            (
                "PINGs that wait for the answers before them", "\(grouped(PeerLimits.waitingPings)) a connection",
                named(.tooManyRequests)
            ),
            (
                "lists and details that wait for their answers", "\(PeerLimits.waitingLists) a connection",
                named(.tooManyRequests)
            ),
            ("rows of a list", "\(grouped(PeerLimits.listRows))", "the first ones come, with the number of all"),
            (
                "readers, and publishers, in the detail of a topic", "\(PeerLimits.detailRows)",
                "those that hold most back come, with the number of all"
            ),
            ("watches", "\(PeerLimits.watches) a connection", named(.tooManyWatches)),
            (
                "the interval of a WATCH, at least", "\(WatchRequest.shortestInterval) ms",
                "a shorter one is granted as this one"
            ),
        ]
    }

    private static var times: [Row] {
        let silence = PeerLimits.silence
        let pings = PeerLimits.unansweredPings
        return [
            (
                "a preface or HELLO that has begun", "complete within \(PeerLimits.greeting) s",
                "\(named(.handshakeTooSlow)) to a native client; the connection ends"
            ),
            (
                "a frame that has begun", "\(PeerLimits.unfinishedFrame) s without another byte of it",
                "\(named(.frameTooSlow)) to a native client; the connection ends"
            ),
            (
                "a native client from which nothing comes", "\(silence) s",
                "PING, \(pings) times; \(named(.idleTooLong)) after \(silence * (pings + 1)) s"
            ),
            (
                "publishes that wait for room",
                "\(PeerLimits.publishPatience) s without progress of the topic's queues", named(.blockedTooLong)
            ),
            (
                "the broker's last frame", "\(PeerLimits.lastFrame) s to take it",
                "the connection is closed; else \(PeerLimits.lastReads) s later, in which the broker reads on"
            ),
        ]
    }
}
