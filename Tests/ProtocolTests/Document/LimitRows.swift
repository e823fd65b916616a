import ZaichikProtocol

/// The rows of the table of limits and timeouts in docs/PROTOCOL.md.
enum LimitRows {
    static var lines: [String] {
        DocumentTables.table(
            ["what", "limit", "beyond it"],
            (lengths + counts + memory + times).map { [$0.what, $0.limit, $0.beyond] })
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

    /// Such as `64 KiB`.
    private static func size(_ bytes: Int) -> String {
        bytes >> 20 > 0 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }

    private static func sizes(_ range: ClosedRange<Int>) -> String {
        "\(size(range.lowerBound)) to \(size(range.upperBound)), as memory allows"
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
            ("a session's or producer's name", "\(SessionName.maximumLength) bytes", named(.badName)),
            (
                "a reason of a returned or parked delivery", "\(PeerLimits.reason) bytes", "it is cut at a character"
            ),
            (
                "of a parked message in a list",
                "\(grouped(PeerLimits.parkedKey)) bytes of its key, \(PeerLimits.parkedPayload) of its payload",
                "it is cut; the row has the whole lengths"
            ),
            ("a filter of LIST or WATCH", "\(TopicQuery.longestFilter) bytes", named(.badArgument)),
        ]
    }

    private static var counts: [Row] {
        [
            (
                "the window", "\(grouped(Int(FrameLimits.window))) deliveries",
                "a larger one is granted as this one"
            ),
            (
                "stretches of one topic each among deliveries in flight",
                "\(grouped(PeerLimits.stretchesInFlight)) a connection; fewer when memory is short",
                "no more is delivered until there is a commit"
            ),
            (
                "connections", "as many as the limit of open files allows, by default",
                "\(named(.tooManyConnections)) to a native client; the connection ends"
            ),
            ("topics", "\(grouped(PeerLimits.topics)) by default", named(.tooManyTopics)),
            ("sessions", "\(grouped(PeerLimits.sessions)) by default", named(.tooManySessions)),
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
                "clients that are gone and are remembered", grouped(PeerLimits.closedClients),
                "the one that has been gone longest is forgotten"
            ),
            (
                "readers, and publishers, in the detail of a topic", "\(PeerLimits.detailRows)",
                "those that hold most back come, with the number of all"
            ),
            (
                "subscriptions, connections and topics in the detail of a session", "\(PeerLimits.detailRows)",
                "the first ones come, with the number of all"
            ),
            (
                "ranges of a SETTLE or SETTLE PARKED, or of the commits of a TRANSACTION",
                grouped(PeerLimits.ranges), named(.badArgument)
            ),
            (
                "messages that are traced in a second", "\(PeerLimits.tracedMessages)",
                "further ones are published without a trace, and an event tells"
            ),
            (
                "steps of traced messages in a second", grouped(PeerLimits.traceSteps),
                "further ones are counted, and their number is told"
            ),
            ("publishes of a TRANSACTION", grouped(PeerLimits.transactionPublishes), named(.transactionTooLarge)),
            (
                "parked messages", "\(grouped(PeerLimits.parked)) a queue",
                "\(named(.memoryFull)), or the message comes again"
            ),
            (
                "stretches of messages that purges by key have taken from a queue",
                "\(grouped(PeerLimits.purgedStretches)) a topic", named(.memoryFull)
            ),
            (
                "messages of each state, or of a topic, in the answer to a PEEK", "\(PeerLimits.peekedMessages)",
                "the first ones come, with the number of all"
            ),
            ("names under which nobody may come for a time", grouped(PeerLimits.bans), named(.memoryFull)),
            (
                "rows of a list of parked messages", grouped(PeerLimits.parkedRows),
                "the first ones come, with the number of all"
            ),
            ("watches", "\(PeerLimits.watches) a connection", named(.tooManyWatches)),
            (
                "named producers without a connection", "\(grouped(PeerLimits.producers)) by default",
                "the one that was gone longest is forgotten"
            ),
            (
                "topics that a TRANSACTION publishes to", "\(PeerLimits.transactionTopics)", named(.transactionTooLarge)
            ),
            (
                "the interval of a WATCH, at least", "\(WatchRequest.shortestInterval) ms",
                "a shorter one is granted as this one"
            ),
        ]
    }

    private static var memory: [Row] {
        [
            (
                "everything that clients make the broker keep",
                "half of the memory that the process may use, by default",
                "topics that may drop lose their oldest messages, the largest topic first; else \(named(.memoryFull))"
            ),
            (
                "frames that have begun, of all connections", "a quarter of the memory limit",
                "\(named(.memoryFull)) to a native client; the connection ends"
            ),
            (
                "answers that a client has not taken", sizes(PeerLimits.unreadAnswers),
                "the connection is not read from until it takes them"
            ),
            (
                "deliveries that a client has not taken", sizes(PeerLimits.unreadDeliveries),
                "it gets no more until it takes them"
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
            ("a native client that is not read from", "\(PeerLimits.heldPing) s", "PING, again and again"),
            (
                "publishes that wait for room",
                "\(PeerLimits.publishPatience) s without progress of the topic's queues", named(.blockedTooLong)
            ),
            (
                "a topic made by use that nobody uses, and that keeps no messages",
                "\(grouped(PeerLimits.unusedTopic)) s by default", "it is removed"
            ),
            (
                "a named producer without a connection", "\(PeerLimits.producerTime) s by default", "it is forgotten"
            ),
            (
                "what is owed to a client at the end", "\(PeerLimits.owed) s in which it takes nothing",
                "the connection is closed"
            ),
            (
                "the broker's last frame", "\(PeerLimits.lastFrame) s to take it",
                "the connection is closed; else \(PeerLimits.lastReads) s later, in which the broker reads on"
            ),
        ]
    }
}
