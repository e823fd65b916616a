import NIOCore
import Testing
import ZaichikProtocol

@Suite("Topic settings")
struct TopicSettingsTests {
    @Test("a change sets what it names and leaves the rest", arguments: TopicSettings.Tag.allCases)
    func applied(tag: TopicSettings.Tag) {
        var change = TopicSettingsChange()
        change[tag] = 1
        let before = TopicSettings()
        let after = change.applied(to: before)
        for other in TopicSettings.Tag.allCases {
            #expect(after[other] == (other == tag ? 1 : before[other]))
        }
    }

    @Test("the defaults: any age, 16 MiB of history, a limit of 1 GiB that drops, no deduplication")
    func defaults() {
        let values = TopicSettings.Tag.allCases.map { TopicSettings()[$0] }
        #expect(values == [0, 16 << 20, 0, 1 << 30, 0, 0, 0])
    }

    @Test("a change made of settings brings another topic to them")
    func whole() {
        var settings = TopicSettings()
        for tag in TopicSettings.Tag.allCases {
            let taken = settings.set(tag, to: 1)
            #expect(taken)
        }
        #expect(TopicSettingsChange(settings).applied(to: TopicSettings()) == settings)
    }

    @Test("an empty change changes nothing")
    func empty() {
        #expect(TopicSettingsChange().applied(to: TopicSettings()) == TopicSettings())
    }

    @Test(
        "a choice that does not exist is not taken",
        arguments: [
            (TopicSettings.Tag.overflow, UInt64(3)), (.overflow, 256), (.deduplicationScope, 2),
            (.deduplicationScope, .max),
        ])
    func badChoice(tag: TopicSettings.Tag, value: UInt64) {
        var settings = TopicSettings()
        let taken = settings.set(tag, to: value)
        #expect(!taken)
        #expect(settings == TopicSettings())
    }

    /// CREATE TOPIC with these fields behind the name.
    private func create(_ fields: String) throws -> ClientFrame {
        var body = bytes("2a000000 61")
        body.writeImmutableBuffer(bytes(fields))
        return try ClientFrame(decoding: frame(type: ClientOpcode.createTopic.rawValue, short: 1, body: body))
    }

    @Test(
        "a setting that is unknown, has the wrong length or a bad value is bad-argument and answers its request",
        arguments: [
            "08 0800 0000000000000000", "00 0800 0000000000000000", "ff 0000", "01 0400 00000000", "01 0000",
            "05 0800 0300000000000000", "05 0800 0001000000000000", "07 0800 0200000000000000",
            "01 0800 0000000000000000 08 0000",
        ])
    func badField(fields: String) {
        #expect {
            try create(fields)
        } throws: { error in
            let error = error as? FrameError
            return error?.code == .badArgument && error?.request == 42
        }
    }

    @Test("a setting that is cut is frame-too-short", arguments: ["01", "01 08", "01 0800 00000000000000"])
    func cutField(fields: String) {
        #expect { try create(fields) } throws: { ($0 as? FrameError)?.code == .frameTooShort }
    }

    @Test("of a setting named twice the last counts")
    func twice() throws {
        var change = TopicSettingsChange()
        change[.retention] = 2
        #expect(
            try create("01 0800 0100000000000000 01 0800 0200000000000000")
                == .createTopic(request: 42, name: "a", settings: change))
    }
}
