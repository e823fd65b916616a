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
        var topics = [ClientTopicStatistics(), ClientTopicStatistics()]
        topics[0].topic = "orders.eu"
        topics[0][.lagMessages] = 747
        topics[1].topic = "metrics"
        topics[1][.lagMessages] = 153
        return ClientDetail(client: client, subscriptions: [">"], topics: topics)
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
        case .idle, .publishing, .keepingUp, .paused, .blocked: #expect(!growing.contains("grows"))
        }
    }

    @Test("a growth that is not known is not told")
    func unknownGrowth() {
        let sentence = ClientVerdict.sentence(detail(.fallingBehind), growth: nil)
        #expect(sentence.hasPrefix("It commits 120/s, slower than messages come in."))
    }

    @Test("figures that cannot be true are told without a trap", arguments: ClientState.allCases)
    func absurd(state: ClientState) {
        var detail = detail(state, lag: .max)
        for index in detail.topics.indices { detail.topics[index][.lagMessages] = .max }
        for growth in [1e300, -1e300, -0.6, .infinity, -.infinity, .nan] {
            #expect(ClientVerdict.sentence(detail, growth: growth).contains("."))
        }
    }

    @Test("a gap says what is missing and why, in a line and in sentences", arguments: GapReason.allCases)
    func gaps(reason: GapReason) {
        #expect(
            GapText.line(topic: "t", first: 40, last: 1239, reason: reason)
                == "gap in t: 1200 lost (\(reason), #40 to #1239)")
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
