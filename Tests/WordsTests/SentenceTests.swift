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
        #expect(ClientVerdict.sentence(detail, growth: 0).contains(text))
    }

    @Test("every state has a sentence, and those that are behind say by how much", arguments: ClientState.allCases)
    func verdicts(state: ClientState) {
        let growing = ClientVerdict.sentence(detail(state), growth: 190)
        let shrinking = ClientVerdict.sentence(detail(state), growth: -90)
        #expect(growing.hasSuffix("."))
        switch state {
        case .fallingBehind: #expect(growing.contains("grows by 190/s. 83 % of its lag is in 'orders.eu'"))
        case .draining: #expect(shrinking.contains("done in about 10s"))
        case .commitsStopped: #expect(growing.contains("8 deliveries wait for its commit, its last commit was 2s ago"))
        case .notReading: #expect(growing.contains("2 KiB wait for its socket"))
        case .losing:
            #expect(
                growing
                    == "It loses 480 messages a second, 98211 since it connected: 'orders.eu' holds back at most 64 KiB and "
                    + "drops the oldest. It commits 120/s, and 600/s come in there. Faster commits would help, or a larger "
                    + "limit; with overflow block the publishers would wait instead.")
            #expect(!shrinking.contains("done in"))
        case .absent:
            #expect(
                growing == "No connection is attached: 900 messages wait for one. 83 % of its lag is in 'orders.eu'.")
        case .idle, .publishing, .keepingUp, .paused, .blocked: #expect(!growing.contains("grows"))
        }
    }

    @Test("a growth that is not known is not told")
    func unknownGrowth() {
        let sentence = ClientVerdict.sentence(detail(.fallingBehind), growth: nil)
        #expect(sentence.hasPrefix("It commits 120/s, slower than messages come in."))
    }

    @Test("the reason for a loss is named with what would help", arguments: LossCause.allCases)
    func losses(cause: LossCause) {
        var detail = detail(.losing)
        detail.topics[0][.lossCause] = cause.rawValue
        detail.topics[0][.retention] = 3000
        let sentence = ClientVerdict.sentence(detail, growth: -90)
        #expect(sentence.hasPrefix("It loses 480 messages a second") && sentence.contains("'orders.eu'"))
        switch cause {
        case .limit: #expect(sentence.contains("at most 64 KiB") && sentence.contains("larger limit"))
        case .memory: #expect(sentence.contains("memory is used up") && sentence.contains("memory limit of the broker"))
        case .expired: #expect(sentence.contains("nothing older than 3 s") && sentence.contains("longer retention"))
        case .purged: #expect(sentence.contains("was deleted") && sentence.contains("Nothing brings them back."))
        case .moved: #expect(sentence.contains("moved ahead") && sentence.contains("Moved back"))
        case .none: #expect(sentence.contains("most of them in"))
        }
    }

    @Test("a loss in many topics is told as such, and one whose topic is not known too")
    func lossesElsewhere() {
        var detail = detail(.losing)
        detail.client[.lostRate] = 1000
        #expect(ClientVerdict.sentence(detail, growth: nil).contains("Other topics lose some, too."))
        detail.topics = []
        detail.client[.lostRate] = 1
        #expect(
            ClientVerdict.sentence(detail, growth: nil)
                == "It loses 1 message a second, 98211 since it connected.")
    }

    @Test("no sentence says that nothing is committed a second")
    func slowCommits() {
        for state in [ClientState.draining, .fallingBehind] {
            var detail = detail(state)
            detail.client[.commitRate] = 0
            #expect(ClientVerdict.sentence(detail, growth: nil).contains("ommits less than once a second"))
        }
    }

    @Test("a client that has just begun has its backlog told, not that its lag is small")
    func begun() {
        var detail = detail(.keepingUp)
        #expect(ClientVerdict.sentence(detail, growth: nil) == "It keeps up: its lag is small.")
        detail.client[.pendingMessages] = 900
        #expect(ClientVerdict.sentence(detail, growth: nil) == "It has just begun to read: 900 messages wait for it.")
    }

    @Test("growth is what the topics get less what is committed")
    func growth() { #expect(ClientVerdict.growth(of: detail(.draining)) == 480) }

    @Test("figures that cannot be true are told without a trap", arguments: ClientState.allCases)
    func absurd(state: ClientState) {
        var detail = detail(state, lag: .max)
        for index in detail.topics.indices {
            for figure in ClientTopicFigure.allCases { detail.topics[index][figure] = .max }
        }
        for figure in ClientFigure.allCases { detail.client[figure] = .max }
        for growth in [1e300, -1e300, -0.6, .infinity, -.infinity, .nan] {
            #expect(ClientVerdict.sentence(detail, growth: growth).contains("."))
        }
    }

    @Test("a gap says what is missing and why, in a line and in sentences", arguments: GapReason.allCases)
    func gaps(reason: GapReason) {
        let words: [GapReason: String] = [
            .expired: "no longer kept", .limit: "limit", .purged: "topic deleted", .moved: "moved past them",
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
