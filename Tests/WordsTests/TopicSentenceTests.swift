import Testing
import ZaichikProtocol
import ZaichikWords

@Suite("What is said about a topic")
struct TopicSentenceTests {
    private func sentences(
        readers: Int = 0, publishers: Int = 0, _ change: (inout TopicDetail) -> Void = { _ in }
    ) -> [String] {
        var topic = TopicStatistics()
        topic.settings.limit = 64 << 10
        var detail = TopicDetail(
            topic: topic, readers: RowPage(rows: [], matching: readers),
            publishers: RowPage(rows: [], matching: publishers))
        for number in 0..<readers {
            var reader = TopicReader()
            reader.id = UInt64(number)
            reader.name = "reader"
            detail.readers.rows.append(reader)
        }
        for number in 0..<publishers {
            var publisher = TopicPublisher()
            publisher.id = UInt64(number)
            publisher.name = "fox"
            publisher[.lastPublishAge] = 3_000_000
            detail.publishers.rows.append(publisher)
        }
        change(&detail)
        return TopicVerdict.sentences(detail).map(\.text)
    }

    @Test("a topic that nobody uses says so")
    func unused() { #expect(sentences() == ["No client reads it.", "Nobody has published to it."]) }

    @Test("readers that are done, and the one that is furthest behind or holds the topic back")
    func readers() {
        #expect(sentences(readers: 1)[0] == "1 client reads it, and is done with everything.")
        #expect(sentences(readers: 2)[0] == "2 clients read it, and all are done with everything.")
        #expect(
            sentences(readers: 2) { $0.readers.rows[0][.lagMessages] = 7 }[0]
                == "2 clients read it; 'reader#0' is furthest behind, by 7 messages.")
        let held = sentences(readers: 2) { detail in
            detail.readers.rows[1].isHolding = true
            detail.readers.rows[1][.lagMessages] = 990
            detail.readers.rows[1][.lagBytes] = 64 << 10
            detail.readers.rows[1][.oldestAge] = 2_000_000
        }
        #expect(
            held[0]
                == "2 clients read it; 'reader#1' holds it back: 990 messages (64 KiB) wait for it, the oldest from 2s ago."
        )
    }

    @Test("publishers, with the rate or the time since the last message")
    func publishers() {
        #expect(sentences(publishers: 1)[1] == "'fox#0' published to it last, 3s ago.")
        #expect(
            sentences(publishers: 1) { $0.topic[.publishRate] = 500 }[1] == "'fox#0' publishes to it, 500/s in all.")
        #expect(
            sentences(publishers: 3) { $0.topic[.publishRate] = 500 }[1]
                == "'fox#0' and 2 others publish to it, 500/s in all.")
        #expect(
            sentences { $0.topic[.publishedMessages] = 5 }[1] == "Those that published to it are no longer connected.")
    }

    @Test("what is dropped, refused or made to wait comes first, with the reason")
    func trouble() {
        let dropping = sentences {
            $0.topic[.dropRate] = 480
            $0.topic[.droppedMessages] = 98_211
            $0.topic[.heldBytes] = 64 << 10
        }
        #expect(
            dropping[0]
                == "It drops 480 messages a second, 98211 so far: its queues hold back 64 KiB, and its limit is 64 KiB. "
                + "Faster readers or a larger limit would help.")
        #expect(
            sentences {
                $0.topic[.dropRate] = 480
                $0.topic[.heldBytes] = 100
            }[0].contains("memory is used up"))
        #expect(
            sentences { $0.topic[.droppedMessages] = 5 }[0].contains(
                "5 messages that queues needed, none of them lately"))
        #expect(
            sentences { $0.topic[.blockedPublishers] = 1 }[0]
                == "1 publisher waits for room: its queues hold back as much as its limit of 64 KiB allows.")
        let refusing = sentences {
            $0.topic.settings.overflow = .reject
            $0.topic[.rejectedMessages] = 12
            $0.topic[.heldBytes] = 64 << 10
        }
        #expect(refusing[0].hasPrefix("It has refused 12 publishes. It is full: "))
    }

    @Test("figures that cannot be true are told without a trap")
    func absurd() {
        let told = sentences(readers: 1, publishers: 1) { detail in
            for figure in TopicFigure.allCases { detail.topic[figure] = .max }
            for figure in ClientTopicFigure.allCases { detail.readers.rows[0][figure] = .max }
            for figure in TopicPublisherFigure.allCases { detail.publishers.rows[0][figure] = .max }
            detail.topic.settings.limit = .max
            detail.readers.rows[0].isHolding = true
        }
        #expect(told.allSatisfy { $0.hasSuffix(".") })
    }
}
