import Testing

@testable import ZaichikBroker

@Suite("The fingerprint of a key")
struct KeyFingerprintTests {
    /// With the bytes 0, 1, 2, … as seed and as key. Worked out by another implementation, which agrees with the
    /// vectors its authors published for two and four rounds.
    @Test(
        "is SipHash-1-3 of 128 bits, for whole words, rests and lengths past a byte",
        arguments: [
            (0, 0xbea5_8827_b2bc_7ee7, 0x0130_30dd_6adb_62fd),
            (1, 0xa8ed_d360_0437_6ffc, 0x63f0_2f2b_cc73_055e),
            (7, 0xc3e0_aaf2_23b9_8410, 0x77ab_4808_c82e_2fa6),
            (8, 0xb4da_e3d5_e1fe_12aa, 0x99c7_f935_ab16_4f72),
            (9, 0x9439_f32c_04b8_dd81, 0x427c_1394_000e_72f4),
            (15, 0x6c52_bdb2_0555_7ec1, 0x0901_7e1e_eccd_2129),
            (16, 0xeb8e_5115_57d9_a8d0, 0x9317_9e3d_f8b0_13b5),
            (63, 0x6f42_fe4e_e300_584c, 0xad60_52a7_0a6b_9f07),
            (300, 0x17c5_6127_d6ea_6531, 0x2b57_cd73_cf9d_8119),
        ] as [(Int, UInt64, UInt64)])
    func vectors(length: Int, first: UInt64, second: UInt64) {
        let seed = KeyFingerprint.Seed(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908)
        let key = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let fingerprint = key.withUnsafeBytes { KeyFingerprint($0, seed: seed) }
        #expect(fingerprint.first == first)
        #expect(fingerprint.second == second)
    }

    @Test("differs with the seed, and each window has one of its own")
    func seeds() {
        let fingerprints = (0..<100).map { _ in
            withUnsafeBytes(of: UInt64(1)) { SeenKeys().fingerprint($0).first }
        }
        #expect(Set(fingerprints).count == 100)
    }
}
