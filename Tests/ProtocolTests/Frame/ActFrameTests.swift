import NIOCore
import Testing
import ZaichikProtocol

@Suite("Acts on the wire")
struct ActFrameTests {
    private func decoded(_ request: ActRequest) -> FrameError? {
        do throws(FrameError) {
            _ = try ClientFrame(decoding: ClientFrame.act(request: 9, request).bytes)
            return nil
        } catch { return error }
    }

    private func values(_ fill: (inout ActValues) -> Void) -> ActValues {
        var values = ActValues()
        fill(&values)
        return values
    }

    @Test("every act has forms of its own fields, a name of its own, and a number that is not 0")
    func table() {
        #expect(Set(Act.allCases.map(\.name)).count == Act.allCases.count)
        for act in Act.allCases {
            #expect(act.rawValue > 0)
            #expect(!act.forms.isEmpty)
            for form in act.forms {
                let fields = form.needed + form.allowed
                #expect(Set(fields).count == fields.count)
                #expect(!fields.contains(.reason), "every act may have a reason")
            }
        }
    }

    @Test(
        "an act on a queue or a connection is about a client or a session, and not about both",
        arguments: [Act.pause, .disconnect])
    func whom(act: Act) {
        #expect(decoded(ActRequest(act, client: 1)) == nil)
        #expect(decoded(ActRequest(act, name: "work")) == nil)
        for wrong in [ActRequest(act), ActRequest(act, client: 1, name: "work")] {
            #expect(decoded(wrong)?.code == .badArgument)
            #expect(decoded(wrong)?.request == 9)
        }
    }

    @Test("an act on topics has a name, one on the broker has none, and neither is about a client")
    func others() {
        #expect(decoded(ActRequest(.pausePublishes, name: "a.>")) == nil)
        #expect(decoded(ActRequest(.pausePublishes))?.code == .badArgument)
        #expect(decoded(ActRequest(.pausePublishes, client: 1, name: "a"))?.code == .badArgument)
        #expect(decoded(ActRequest(.undrain)) == nil)
        #expect(decoded(ActRequest(.undrain, name: "a"))?.code == .badArgument)
        #expect(decoded(ActRequest(.undrain, client: 1))?.code == .badArgument)
    }

    @Test("fields that are of no form of the act are refused, and the error says what would be right")
    func forms() throws {
        let error = try #require(decoded(ActRequest(.skip, client: 1)))
        #expect(error.code == .badArgument)
        #expect(error.message.contains("skip cannot be with no fields"))
        #expect(error.message.contains("count [topic], or topic and sequence [incarnation], or time [topic]"))
        let both = values {
            $0.count = 1
            $0.time = 2
        }
        #expect(decoded(ActRequest(.skip, client: 1, values: both))?.code == .badArgument)
        #expect(decoded(ActRequest(.skip, client: 1, values: values { $0.sequence = 1 }))?.code == .badArgument)
        #expect(decoded(ActRequest(.skip, client: 1, values: values { $0.count = 1 })) == nil)
        #expect(decoded(ActRequest(.resume, client: 1, values: values { $0.until = 1 }))?.code == .badArgument)
        #expect(decoded(ActRequest(.resume, client: 1, values: ActValues(reason: "done"))) == nil)
    }

    @Test("an act, a flag and a field that nobody knows are bad-argument")
    func unknown() {
        let frame = ClientFrame.act(request: 9, ActRequest(.resume, client: 1)).bytes
        func code(_ change: (inout ByteBuffer) -> Void) -> ErrorCode? {
            var changed = frame
            change(&changed)
            do throws(FrameError) {
                _ = try ClientFrame(decoding: changed)
                return nil
            } catch { return error.code }
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.setInteger(UInt16(999), at: 12, endianness: .little) } == .badArgument)
        #expect(code { $0.setInteger(UInt16(2), at: 14, endianness: .little) } == .badArgument)
        var body = frame.frameBody
        body.writeBytes([99, 0, 0])
        let longer = frame.withBody(body)
        #expect(throws: FrameError.self) { try ClientFrame(decoding: longer) }
    }

    @Test("a duration counts from now, and a time stands for itself; neither wraps round")
    func ends() {
        #expect(values { $0.duration = 60_000 }.end(now: 5) == 60_000_005)
        #expect(values { $0.until = 7 }.end(now: 5) == 7)
        #expect(values { $0.duration = .max }.end(now: 5) == .max)
        #expect(ActValues().end(now: 5) == nil)
    }

    @Test("an answer has at most 64 rows, and says that there are more")
    func rows() throws {
        let rows = (1...65).map { Acted.Row(id: $0, name: "", messages: 1, bytes: 2) }
        let acted = Acted(rows)
        #expect(acted.rows.count == Acted.mostRows)
        #expect(acted.count == 65)
        #expect((acted.messages, acted.bytes) == (65, 130))
        #expect(acted.isCut)
        #expect(!Acted(Array(rows.prefix(64))).isCut)
    }
}
