import ZaichikProtocol

// The rows of the table of limits.
extension Limit {
    static let ofTheBroker = [
        Limit(
            "connections", "connections at a time", .connections, .computed("what the limit of open files allows"),
            beyond: "a native client is told too-many-connections, any other connection is closed",
            .option("max-connections")),
        Limit(
            "topics", "topics there may be", .topics, PeerLimits.topics,
            beyond: "the request is refused with too-many-topics", .option("max-topics")),
        Limit(
            "unused-topics", "seconds that a topic made by use stays unused, if it keeps no messages; 0: for ever",
            .seconds,
            PeerLimits.unusedTopic, beyond: "the topic is removed", .option("unused-topics")),
        Limit(
            "unused-history", "the same for a topic that keeps messages, which go with it", .seconds, 0,
            beyond: "the topic is removed, with its messages", .option("unused-history")),
        Limit(
            "sessions", "sessions there may be", .sessions, PeerLimits.sessions,
            beyond: "HELLO or the request is refused with too-many-sessions", .option("max-sessions")),
        Limit(
            "producers", "named producers without a connection that are remembered", .producers,
            PeerLimits.producers, beyond: "the one that was gone longest is forgotten, and the log tells",
            .option("max-producers")),
    ]

    static let ofFrames = [
        Limit(
            "frame-before-welcome", "bytes of a frame before WELCOME", .bytes, FrameLimits.beforeWelcome,
            beyond: "the connection ends with frame-too-long", .fixed("a client has to know it before it is told")),
        Limit(
            "frame", "bytes of a frame after WELCOME, and of a classic one", .bytes, FrameLimits.standard,
            beyond: "the connection ends with frame-too-long", .option("max-frame")),
        Limit(
            "hello-text", "bytes of a text of HELLO that are kept", .bytes, FrameLimits.helloText,
            beyond: "the text is cut at a character", .fixed("names that people read are shorter")),
        Limit(
            "name", "bytes of a topic's name or a pattern", .bytes, TopicName.maximumLength,
            beyond: "the request is refused with bad-name", .fixed("a part of the protocol")),
        Limit(
            "filter", "bytes of a filter of LIST or WATCH", .bytes, TopicQuery.longestFilter,
            beyond: "the request is refused with bad-argument", .fixed("no name is longer")),
        Limit(
            "transaction-publishes", "publishes of a transaction", .publishes, PeerLimits.transactionPublishes,
            beyond: "it is refused with transaction-too-large", .fixed("bounds what one step does")),
        Limit(
            "transaction-topics", "topics that a transaction publishes to", .topics, PeerLimits.transactionTopics,
            beyond: "it is refused with transaction-too-large", .fixed("their locks are held together")),
    ]

    static let ofAConnection = [
        Limit(
            "subscriptions", "names and patterns that a connection may subscribe to", .subscriptions,
            PeerLimits.subscriptions, beyond: "the request is refused with too-many-subscriptions",
            .option("max-subscriptions")),
        Limit(
            "window", "deliveries in flight", .deliveries, Int(FrameLimits.window),
            beyond: "a larger window is granted as this one",
            .fixed("each client chooses its window; this bounds what one commit retires")),
        Limit(
            "runs-in-flight", "stretches of deliveries in flight that are of one topic each", .runs, InFlight.mostRuns,
            beyond: "no more is delivered until there is a commit",
            .fixed("only windows over it that read topics in turn ever reach it")),
        Limit(
            "returned-runs", "stretches of a queue's messages that were returned and have not come again", .runs,
            ReturnedRuns.most, beyond: "the queue delivers nothing new until some have come again",
            .fixed("only clients that return more than they do ever reach it")),
        Limit(
            "parked-messages", "messages that a queue has parked", .messages, ParkedMessages.most,
            beyond: "SETTLE is refused with memory-full; over the attempts, a message comes again instead",
            .fixed("somebody has to look at each of them")),
        Limit(
            "aside-messages", "messages of a queue shared by key that wait for what is in flight of their keys",
            .messages,
            KeyOwners.mostAside, beyond: "the queue delivers nothing new until some of those keys are free",
            .fixed("it is the look-ahead behind keys that are busy")),
        Limit(
            "purged-stretches",
            "stretches of a topic's messages that purges by key have taken from a queue ahead of its place", .ranges,
            Outstanding.mostPassed, beyond: "the act is refused with memory-full",
            .fixed("only keys that are spread over very many messages ever reach it")),
        Limit(
            "waiting-publishes", "bytes of publishes of a connection that wait for room", .bytes,
            ParkedPublishes.limit, beyond: "the connection is not read from until there is room",
            .fixed("more would not help: the publisher waits either way")),
        Limit(
            "waiting-pings", "PINGs of a connection that wait for what came before them", .pings, PingQueue.limit,
            beyond: "the PING is refused with too-many-requests", .fixed("one at a time is enough for any client")),
        Limit(
            "producer-refusals", "stretches of publishes refused to a named producer's last connection", .ranges,
            PublishRefusals.most, beyond: "the earlier half is forgotten, and its publishes told as unknown",
            .fixed("more than a window of publishes that are refused one by one")),
        Limit(
            "unread-deliveries", "bytes of deliveries that a client has not taken", .bytes,
            .computed(
                "an eighth of the memory limit by the number of connections, at least "
                    + "\(BrokerCore.unsentBounds.lowerBound) and at most \(BrokerCore.unsentBounds.upperBound)"),
            beyond: "it gets the rest of a turn, at most as much again and one frame, and no more until it reads",
            .fixed("follows from the memory limit")),
        Limit(
            "unread-answers", "bytes of answers that a client has not taken", .bytes,
            .computed(
                "an eighth of the memory limit by the number of connections, at least "
                    + "\(BrokerCore.answerBounds.lowerBound) and at most \(BrokerCore.answerBounds.upperBound)"),
            beyond: "it is not read from until it reads", .fixed("follows from the memory limit")),
    ]

    static let ofRequests = [
        Limit(
            "peeked-messages", "messages of each state, or of a topic, in the answer to a PEEK", .messages,
            PeerLimits.peekedMessages,
            beyond: "the first ones are sent, with the number of all", .fixed("people look at the next ones")),
        Limit(
            "bans", "names under which nobody may come for a time", .names, BanTable.most,
            beyond: "the act is refused with memory-full", .fixed("an operator bans names one by one")),
        Limit(
            "waiting-lists", "lists and details of a connection that wait for their answers", .lists,
            RequestDesk.waitingLimit, beyond: "the request is refused with too-many-requests",
            .fixed("they are answered one after the other, however many wait")),
        Limit(
            "watches", "watches of a connection", .watches, WatchList.limit,
            beyond: "the request is refused with too-many-watches", .fixed("a terminal program has one")),
        Limit(
            "watch-interval", "longest interval of a WATCH", .milliseconds, Int(WatchList.longestInterval),
            beyond: "a longer interval is granted as this one", .fixed("who wants less asks with LIST")),
        Limit(
            "list-rows", "rows in the answer to a list", .rows, Observation.mostRows,
            beyond: "the first ones are sent, with the number of all that match",
            .fixed("the row of a client is kept while its page waits")),
        Limit(
            "topic-detail-rows", "readers, and publishers, in the detail of a topic", .rows, PeerLimits.detailRows,
            beyond: "those that hold most back are sent, with the number of all", .fixed("the detail is one frame")),
        Limit(
            "closed-clients", "clients that are gone and are remembered", .connections, PeerLimits.closedClients,
            beyond: "the one that has been gone longest is forgotten", .fixed("people look for the latest")),
        Limit(
            "lag-shares", "publishers that are told apart in what a queue is behind on", .connections,
            LagShareGathering.mostShares, beyond: "the others are counted together",
            .fixed("people look for the largest")),
        Limit(
            "topic-publishers", "publishers that a topic remembers", .connections, RecentPublishers.most + 1,
            beyond: "the one that published least recently is forgotten", .fixed("people look for the latest")),
        Limit(
            "losing-topics", "topics of a client whose losses are told one by one", .topics, QueueLosses.most,
            beyond: "the others are in the client's own figures only", .fixed("people look for the worst")),
        Limit(
            "traced-messages", "messages that are traced in a second", .messages, PeerLimits.tracedMessages,
            beyond: "further ones are published without a trace, and the log tells", .fixed("people look at a few")),
        Limit(
            "trace-steps", "steps of traced messages that are told in a second", .messages, PeerLimits.traceSteps,
            beyond: "further ones are counted, and their number is told", .fixed("people look at a few")),
        Limit(
            "gathering-queries", "different queries that one gathering answers", .queries,
            SharedGathering<TopicQuery, Listing<Topic>>.mostQueries, beyond: "the others wait for the next gathering",
            .fixed("bounds what one look at a name costs")),
    ]

    static let ofMemory = [
        Limit(
            "memory", "what may be held for slow clients, history and all else that clients make grow", .bytes,
            .computed("half the memory that this process may use"),
            beyond: "topics that may drop lose their oldest, the largest first; what may not drop is refused",
            .option("memory-limit")),
        Limit(
            "unfinished-frames", "bytes of frames that have not come whole, of all connections", .bytes,
            .computed("a quarter of the memory limit"),
            beyond: "the connection whose frame it is ends with memory-full", .fixed("follows from the memory limit")),
        Limit(
            "topic-share", "what a topic may take when memory has run out", .bytes, MemoryBudget.largestShare,
            beyond: "the topic drops, or refuses", .fixed("at most a sixteenth of the memory limit")),
        Limit(
            "delayed-messages", "bytes of a topic's messages whose delay is not over", .bytes,
            .computed("the topic's own limit, along with what its queues hold back"),
            beyond: "the publish is refused with topic-full, or waits for room",
            .fixed("follows from the topic's limit")),
        Limit(
            "topic-reserve", "what small topics may take past the memory limit, together", .bytes,
            MemoryBudget.largestReserve, beyond: "publishes are refused with memory-full",
            .fixed("at most a sixteenth of the memory limit")),
    ]

    static let ofTime = [
        Limit(
            "greeting-time", "time for a preface and HELLO that have begun", .seconds, PeerLimits.greeting,
            beyond: "the connection ends with handshake-too-slow", .fixed("enough for any network")),
        Limit(
            "frame-time", "time in which a frame that has begun gets no further", .seconds, PeerLimits.unfinishedFrame,
            beyond: "the connection ends with frame-too-slow", .fixed("enough for any network")),
        Limit(
            "silence", "time without a byte of a native client", .seconds, PeerLimits.silence,
            beyond: "it is pinged; at the third time it ends with idle-too-long",
            .fixed("clients are written for this time")),
        Limit(
            "publish-patience", "time that publishes wait while the topic's queues make no progress", .seconds,
            PeerLimits.publishPatience, beyond: "they are refused with blocked-too-long",
            .fixed("clients are written for this time")),
        Limit(
            "producer-time", "seconds that a named producer is remembered after its last connection", .seconds,
            PeerLimits.producerTime, beyond: "it is forgotten, and its next connection begins anew",
            .option("producer-time")),
        Limit(
            "ending-time", "time in which a client that ends takes nothing of what it is owed", .seconds,
            Int(EndingProgress.patience / 1_000_000), beyond: "the connection is closed",
            .fixed("as long as a silent client is waited for")),
        Limit(
            "last-frame-time", "time to take the broker's last frame", .seconds, PeerLimits.lastFrame,
            beyond: "the connection is closed", .fixed("enough for any network")),
    ]
}
