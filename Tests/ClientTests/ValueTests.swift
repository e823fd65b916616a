import Testing
import ZaichikClient
import ZaichikProtocol

@Suite("Addresses")
struct BrokerAddressTests {
    @Test(
        "an address is read as it is written",
        arguments: [
            ("localhost", "localhost", 8889), ("10.0.0.1:80", "10.0.0.1", 80), ("[::1]:9000", "::1", 9000),
            ("[::1]", "::1", 8889), ("h:0", "h", 0),
        ])
    func valid(text: String, host: String, port: Int) throws {
        #expect(try BrokerAddress(text) == BrokerAddress(host: host, port: port))
        #expect(try BrokerAddress(BrokerAddress(text).description) == BrokerAddress(host: host, port: port))
    }

    @Test(
        "a text that is not an address is refused, with an example of one",
        arguments: [
            "", ":80", "h:", "h:x", "h:65536", "h:-1", "::1", "[::1", "[::1]80", "a:1:2", "[]:1", "8889", "8889:1",
        ])
    func invalid(text: String) throws {
        let error = try #require(throws: AddressError.self) { try BrokerAddress(text) }
        #expect(error.description.contains("127.0.0.1:8889"))
    }

    @Test("the option goes before the environment, the environment before the default")
    func resolution() throws {
        let environment = ["ZAICHIK_ADDRESS": "b:2"]
        #expect(try BrokerAddress.resolve(option: "a:1", environment: environment).description == "a:1")
        #expect(try BrokerAddress.resolve(option: nil, environment: environment).description == "b:2")
        #expect(try BrokerAddress.resolve(option: nil, environment: [:]) == .standard)
        #expect(try BrokerAddress.resolve(option: nil, environment: ["ZAICHIK_ADDRESS": ""]) == .standard)
        let error = try #require(throws: AddressError.self) {
            try BrokerAddress.resolve(option: nil, environment: ["ZAICHIK_ADDRESS": "x:y"])
        }
        #expect(error.description.contains("ZAICHIK_ADDRESS"))
    }
}

@Suite("Labels of clients in lists")
struct ClientLabelTests {
    @Test("a name that occurs more than once gets the id, and so does an empty name")
    func labels() {
        let clients = [(1, "a"), (2, "b"), (3, "a"), (4, "")].map { id, name in
            var client = ClientStatistics()
            client.id = UInt64(id)
            client.name = name
            return client
        }
        #expect(ClientLabel.labels(of: clients) == ["a#1", "b", "a#3", "#4"])
    }
}
