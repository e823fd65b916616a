import Testing
import ZaichikProtocol
import ZaichikWords

@Suite struct SentenceTests {
    private func detail(_ state: ClientState, lag: UInt64 = 900) -> ClientDetail {
        var client = ClientStatistics()
        client.state = state
        client[.lagMessages] = lag
        client[.commitRate] = 120
        client[.inFlightMessages] = 8
        client[.lastCommitAge] = 2_000_000
        client[.unsentBytes] = 2048
        client[.lostRate] = 480
        client[.gapMessages] = 98_211
        var topics = [ClientTopicStatistics(), ClientTopicStatistics()]
        topics[0].topic = "orders.eu"
        topics[0][.lagMessages] = 747
        topics[0][.lostRate] = 480
        topics[0][.lossCause] = LossCause.limit.rawValue
        topics[0][.limit] = 64 << 10
        topics[0][.publishRate] = 600
        topics[1].topic = "metrics"
        topics[1][.lagMessages] = 153
        return ClientDetail(client: client, subscriptions: [">"], topics: topics)
    }

    @Test(
        "an absent session tells what waits for a connection, and how much of it was delivered before",
        arguments: [
            (1, 0, "1 message waits for one."), (1, 1, "1 message waits for one, delivered before and returned."),
            (9, 1, "9 messages wait for one, 1 of them delivered before."), (0, 0, "and nothing waits for one."),
        ] as [(UInt64, UInt64, String)])
    func absent(lag: UInt64, returned: UInt64, text: String) {
        var detail = detail(.absent, lag: lag)
        detail.client[.returnedMessages] = returned
        #expect(ClientVerdict.sentence(detail).contains(text))
    }

    private func told(
        _ state: ClientState, _ numbers: [EvidenceField: UInt64], _ texts: [EvidenceField: String] = [:]
    )
        -> String
    {
        var detail = detail(state)
        for (field, number) in numbers { detail.evidence[field] = number }
        for (field, text) in texts { detail.evidence[text: field] = text }
        return ClientVerdict.sentence(detail)
    }

    @Test(
        "every state has a sentence without any evidence, from a broker that sends none",
        arguments: ClientState.allCases)
    func bare(state: ClientState) {
        let sentence = ClientVerdict.sentence(detail(state))
        #expect(sentence.hasSuffix(".") && !sentence.contains("nil"))
    }

    @Test("a queue that drains tells how fast, how long that takes, and how far off that may be")
    func draining() {
        let text = told(
            .draining, [.shrinkage: 90_000, .rateError: 5000, .timeLeft: 130_000_000, .timeLeftError: 20_000_000])
        #expect(
            text
                == "It catches up: it commits 120/s; the lag shrinks by 90/s (± 5/s) and is gone in about 2m10s (± 20s). "
                + "83 % of its lag is in 'orders.eu'.")
    }

    @Test("one that falls behind tells how fast, when the limit is reached, and what is lost from then on")
    func fallingBehind() {
        let text = told(
            .fallingBehind,
            [
                .growth: 35_000, .threat: Evidence.Threat.oldestDropped.rawValue, .threatIn: 41_000_000,
                .lossesThen: 35_000,
            ],
            [.topic: "orders.eu"])
        #expect(
            text
                == "It commits 120/s, slower than messages come in; the lag grows by 35/s. In 41s 'orders.eu' is full and "
                + "drops the oldest, 35/s lost from then on. 83 % of its lag is in 'orders.eu'.")
        #expect(
            told(.fallingBehind, [.growth: 0]).hasPrefix(
                "It commits 120/s, no faster than messages come in, and the lag stays."))
    }

    @Test("messages that expire before they are reached are counted")
    func countdown() {
        let text = told(
            .draining,
            [.threat: Evidence.Threat.messagesExpire.rawValue, .threatIn: 41_000_000, .backlogLoss: 1280],
            [.topic: "orders.eu"])
        #expect(
            text.contains(
                "In 41s the oldest of them in 'orders.eu' begin to expire unread; 1280 of those that wait now would be lost."
            ))
    }

    @Test("stopped commits tell the message, how often it was delivered, and who has it")
    func commitsStopped() {
        let text = told(
            .commitsStopped, [.sequence: 42, .attempts: 3, .client: 7], [.topic: "orders.eu", .clientName: "hare"])
        #expect(
            text.hasPrefix(
                "8 deliveries wait for its commit, its last commit was 2s ago. The first of them is message 42 of "
                    + "'orders.eu', delivered 3 times, at 'hare#7'."))
    }

    @Test("the other verdicts tell what they are founded on")
    func others() {
        #expect(
            told(.notReading, [.unsentBytes: 4096, .heldFor: 9_000_000]).hasPrefix(
                "It does not read for 9s: 4 KiB wait"))
        #expect(
            told(.windowTooSmall, [.roundTrip: 100_000, .growth: 50_000]).hasPrefix(
                "Its window of 0 is always full: no more than that can be committed in the 100 ms of a round trip, and more "
                    + "comes in; the lag grows by 50/s."))
        var paused = detail(.paused)
        #expect(ClientVerdict.sentence(paused).hasPrefix("It asked for a pause: its window is 0."))
        paused.pause = OperatorPause(by: "client 7 ('ann', ::1)", reason: "moving house", since: 0)
        #expect(
            ClientVerdict.sentence(paused).hasPrefix(
                "Paused by client 7 ('ann', ::1) since 1970-01-01T00:00:00.000Z, until it is resumed: moving house."))
        #expect(
            told(.blocked, [.waitingMessages: 5, .client: 7, .heldFor: 9_000_000], [.topic: "t", .clientName: "slow"])
                == "5 of its publishes wait for 9s: 't' is full, and its overflow choice is to block. 'slow#7' is furthest "
                + "behind there and holds it back.")
        #expect(
            told(.poisoned, [.sequence: 42, .attempts: 5], [.topic: "jobs"])
                == "Message 42 of 'jobs' was delivered 5 times and is never committed.")
        #expect(
            told(.losing, [.lostMessages: 900, .heldFor: 3_000_000]).hasPrefix(
                "It loses 480 messages a second, 900 in the last 3s: 'orders.eu' holds back at most 64 KiB"))
    }

    @Test("each trouble has something that helps; where a command does it, it can be typed")
    func remedies() {
        let troubles: [ClientState] = [
            .fallingBehind, .commitsStopped, .paused, .notReading, .losing, .absent, .windowTooSmall, .poisoned,
        ]
        for state in troubles {
            let remedies = Remedy.list(detail(state))
            #expect(!remedies.isEmpty)
            #expect(remedies.allSatisfy { $0.command?.hasPrefix("zaichik ") ?? true })
        }
        #expect(Remedy.list(detail(.keepingUp)).isEmpty)
        var poisoned = self.detail(.poisoned)
        poisoned.client.session = "jobs"
        poisoned.evidence[text: .topic] = "orders.eu"
        poisoned.evidence[.sequence] = 42
        #expect(
            Remedy.list(poisoned).compactMap(\.command) == [
                "zaichik session peek jobs", "zaichik session set jobs --attempts 5",
                "zaichik session purge jobs --topic orders.eu --below 43",
            ])
        var detail = detail(.losing)
        detail.evidence[text: .topic] = "orders.eu"
        detail.evidence[.lossCause] = LossCause.limit.rawValue
        #expect(Remedy.list(detail).first?.command == "zaichik topic set orders.eu --limit 128KiB")
        var small = self.detail(.windowTooSmall)
        small.client.name = "it's me"
        small.client.id = 7
        small.evidence[.windowWanted] = 64
        #expect(Remedy.list(small).first?.command == "zaichik client window 'it'\\''s me#7' 64")
    }

    @Test("the reason for a loss is named with what would help", arguments: LossCause.allCases)
    func losses(cause: LossCause) {
        var detail = detail(.losing)
        detail.topics[0][.lossCause] = cause.rawValue
        detail.topics[0][.retention] = 3000
        let sentence = ClientVerdict.sentence(detail)
        #expect(
            sentence.hasPrefix("It loses 480 messages a second, 98211 since it connected")
                && sentence.contains("'orders.eu'"))
        switch cause {
        case .limit: #expect(sentence.contains("at most 64 KiB") && sentence.contains("larger limit"))
        case .memory: #expect(sentence.contains("memory is used up") && sentence.contains("memory limit of the broker"))
        case .expired: #expect(sentence.contains("nothing older than 3 s") && sentence.contains("longer retention"))
        case .purged: #expect(sentence.contains("were removed") && sentence.contains("Nothing brings them back."))
        case .moved: #expect(sentence.contains("moved ahead") && sentence.contains("Moved back"))
        case .none: #expect(sentence.contains("most of them in"))
        }
    }

    @Test("a loss in many topics is told as such, and one whose topic is not known too")
    func lossesElsewhere() {
        var detail = detail(.losing)
        detail.client[.lostRate] = 1000
        #expect(ClientVerdict.sentence(detail).contains("Other topics lose some, too."))
        detail.topics = []
        detail.client[.lostRate] = 1
        #expect(ClientVerdict.sentence(detail) == "It loses 1 message a second, 98211 since it connected.")
    }

    @Test("no sentence says that nothing is committed a second")
    func slowCommits() {
        for state in [ClientState.draining, .fallingBehind] {
            var detail = detail(state)
            detail.client[.commitRate] = 0
            #expect(ClientVerdict.sentence(detail).contains("ommits less than once a second"))
        }
    }

    @Test("a client that keeps up with a lag is told what it has in hand, or that messages have just come")
    func begun() {
        var detail = detail(.keepingUp)
        #expect(
            ClientVerdict.sentence(detail)
                == "It keeps up: all that it has not committed, 900 messages, is in its hands.")
        detail.client[.pendingMessages] = 900
        #expect(ClientVerdict.sentence(detail) == "It keeps up: 900 messages have come lately, or it has just begun.")
    }

    @Test("a session has committed last when any of its connections has")
    func lastCommit() {
        var detail = SessionDetail(session: SessionStatistics())
        detail.session.state = .commitsStopped
        detail.connections = [0, 9_000_000, 4_000_000].map { (age: UInt64) in
            var client = ClientStatistics()
            client[.lastCommitAge] = age
            return client
        }
        #expect(ClientVerdict.sentence(detail).contains("its last commit was 4s ago"))
        detail.connections = []
        #expect(ClientVerdict.sentence(detail).contains("it has never committed"))
    }

    @Test("a session is told as a client is")
    func sessions() {
        var session = SessionStatistics()
        session.name = "jobs"
        session.state = .poisoned
        session[.lagMessages] = 5
        var detail = SessionDetail(session: session)
        detail.evidence[text: .topic] = "jobs"
        detail.evidence[.sequence] = 1
        detail.evidence[.attempts] = 4
        #expect(ClientVerdict.sentence(detail).hasPrefix("Message 1 of 'jobs' was delivered 4 times"))
        #expect(Remedy.list(detail).contains { $0.command == "zaichik session set jobs --attempts 5" })
    }

    @Test("figures that cannot be true are told without a trap", arguments: ClientState.allCases)
    func absurd(state: ClientState) {
        var detail = detail(state, lag: .max)
        for index in detail.topics.indices {
            for figure in ClientTopicFigure.allCases { detail.topics[index][figure] = .max }
        }
        for figure in ClientFigure.allCases { detail.client[figure] = .max }
        for value: UInt64 in [0, 1, .max / 2, .max] {
            for field in EvidenceField.allCases where !field.isText { detail.evidence[field] = value }
            for threat in Evidence.Threat.allCases {
                detail.evidence.threat = threat
                #expect(ClientVerdict.sentence(detail).contains("."))
                #expect(Remedy.list(detail).allSatisfy { !$0.text.isEmpty })
            }
        }
    }

    @Test("a gap says what is missing and why, in a line and in sentences", arguments: GapReason.allCases)
    func gaps(reason: GapReason) {
        let words: [GapReason: String] = [
            .expired: "no longer kept", .limit: "limit", .purged: "removed", .moved: "moved past them",
        ]
        #expect(
            GapText.line(topic: "t", first: 40, last: 1239, reason: reason)
                == "gap in t: 1200 lost (\(words[reason] ?? ""), #40 to #1239)")
        #expect(GapText.line(topic: "t", first: 7, last: 7, reason: .limit) == "gap in t: 1 lost (limit, #7)")
        let sentences = GapText.sentences(topic: "t", first: 40, last: 1239, reason: reason)
        #expect(sentences.hasPrefix("Messages 40 to 1239 of 't' did not come: ") && sentences.hasSuffix("lost for it."))
    }

    @Test("a gap that ends before it begins has no messages")
    func emptyGap() {
        #expect(GapText.line(topic: "t", first: 5, last: 4, reason: .limit).contains(" 0 lost"))
    }

    @Test("a name that breaks a rule is named with the rule")
    func names() {
        #expect(
            ErrorText.topicName("a..b", .emptyLevel)
                == "'a..b' is not a valid topic name: \(NameError.emptyLevel)")
        #expect(ErrorText.topicPattern(">.a", .tailNotLast).hasPrefix("'>.a' is not a valid topic name or pattern: "))
    }
}
