/// The vectors from number 18 on.
extension CobblestoneVector {
    static let second: [CobblestoneVector] = [
        CobblestoneVector(
            number: 18, comment: "valid chunk followed by 20 trailing bytes",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                91b10d0df0341f85f4230579bda56c93094bb06f33504c82b9e3df02c8b150f4e6f974bf48eb44909fc0f303da99c4505e888\
                0872d01c8aa(00*16384)fff3a5f671c5766bf303d6e1d37197dbcd64b954d5c38c5518ad5b22c52c4e363feef35d
                """,
            length: 16384,
            digest: """
                12881b761101772d290fb1357458c04d886fb48824ea5ad0f5db07cdf787cfabfd0f464fc6c38abc212d696378ec7843ad368\
                3e17d3bcbc2fae842daf2e46004
                """,
            isValid: false, flags: ["TrailingData", "PartialPlaintext"]),
        CobblestoneVector(
            number: 19, comment: "valid chunk followed by 12 trailing bytes",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                a60c35d4934f903b55493111dfaeea40e0470acbdba024a2a6de1264681d66583f11bc93aedf484f62d427661922363337e7b\
                1d3c97d8c33(00*16384)e113294134061f1377f1a2f7cfc0d63d5be2abeaa0933379e1eeb8df
                """,
            length: 16384,
            digest: """
                f4f5ac1445502189d705c875815bf7b7fd0e93898b407c4af7901199d64b811558b0d10d273378744bfdf395209842e1fd0a5\
                3b5f3dc8d0f6571189b6a718d52
                """,
            isValid: false, flags: ["TrailingData", "PartialPlaintext"]),
        CobblestoneVector(
            number: 20, comment: "header only, no encrypted chunks",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                e728f14e89526f8830991f461c0fd07601a246a0c94b753ba4fab29386d9e39e72d5e8955f709651b6dedb825c64c984364f7\
                4e1b6ac93d6
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["Truncation"]),
        CobblestoneVector(
            number: 21, comment: "valid ciphertext with wrong commitment",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                a7bf214ab87afe86ae30940aba6d25aa92d1c26a7c4de03ece1f5f63bd31ca5d9517ce97effb9ce62c4f01433335d070ca3de\
                6243f4cb67a00a4deb622c6b80140d1c88f54ade32fdc
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["ModifiedCiphertext", "HeaderFailure"]),
        CobblestoneVector(
            number: 22, comment: "valid ciphertext decrypted with wrong key",
            key: "4f52414e4745205355424d4152494e45204f52414e4745205355424d4152494e", context: "",
            ciphertext: """
                abeb3f4f4a3ea1f1f76bc25808b37063d4cb21425ca6a8b16271ed22f6a3f51ec7e7fa4dcef196179d3c77b5b42103766ae19\
                75bae6ae0690079aa245e53811c13d45a553b0365b499
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["WrongKey", "HeaderFailure"]),
        CobblestoneVector(
            number: 23, comment: "valid ciphertext encrypted with too-short key",
            key: "4f52414e4745205355424d4152494e45204f52414e4745205355424d415249", context: "",
            ciphertext: """
                6ef808c1cd9f44167ca6def93900220263151ac63993ec688bd665a34ce4ef6ddcdef700c0a0d03f2cf4e9a9223e5beb44cf2\
                b8648a517d800395459ad30bf0be4ebdf76177cab6b63
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["InvalidKeySize", "HeaderFailure"]),
        CobblestoneVector(
            number: 24, comment: "valid ciphertext encrypted with too-long key",
            key: "4f52414e4745205355424d4152494e45204f52414e4745205355424d4152494e45", context: "",
            ciphertext: """
                a8216cfec9382688e31855498b1926ee6d34fa36b0923ab847f28096ca9cb85541317e5996a82aa8eb0aac8cdfdce37dbb44e\
                2000c169b4a003a3e67f79899f915d167b39ea1d8cd1d
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["InvalidKeySize", "HeaderFailure"]),
        CobblestoneVector(
            number: 25, comment: "valid ciphertext decrypted with wrong context",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e",
            context: "77726f6e6720636f6e74657874",
            ciphertext: """
                36201844cafc0e596bec8782c560b7b1d065b90a94d227007f07a7185f0c1f449310232a0ff1d5667ece42aff4e7c0359df78\
                ece43b312d50034c80236b5c7900f7eebe540d242b8eb
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["WrongContext", "HeaderFailure"]),
        CobblestoneVector(
            number: 26, comment: "valid ciphertext with corrupted salt",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                7c510aa191fdb799b3715106fb9da30a3e314a08a12bf1eed6084369ad9560c21c856d0087e1206c5c1e9a994b3ca98542e0f\
                e1ffef9e23c0091398606b7077f679901eea490bb8f6b
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["ModifiedCiphertext", "HeaderFailure"]),
        CobblestoneVector(
            number: 27, comment: "zero-length ciphertext, too short for header",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: "",
            length: nil,
            digest: nil,
            isValid: false, flags: ["Truncation", "HeaderFailure"]),
        CobblestoneVector(
            number: 28, comment: "only salt, no commitment",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                6f8cd259c00e57e2df4db3ca991e5180a9d412808d193e27
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["Truncation", "HeaderFailure"]),
        CobblestoneVector(
            number: 29, comment: "salt and partial commitment (40 of 56 header bytes)",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                df71824d15ef9daa3746604934140e7dd6a5d106456d0fc11da28937b7080787da7a9be382a6dd6a
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["Truncation", "HeaderFailure"]),
        CobblestoneVector(
            number: 30, comment: "too short to contain even the salt",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                97c26a73b35657e3abfe
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["Truncation", "HeaderFailure"]),
        CobblestoneVector(
            number: 31, comment: "full chunk without terminating empty chunk",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                e27b019a1bfeb83adcaeb375754730ec315786523f831a1fa27d91b9fb79626946a172a0844bd3ccf2d7ebddb9b4d8565f242\
                10e5dfc5ebf(00*16384)37eb36fa792ba195e1ebf12338688d8c
                """,
            length: 16384,
            digest: """
                41195cce0a2b8de596e8126784198485d93d5654b2b2dc0921a9600309c442463d884502ac3695246feee290960bea4ef7b29\
                3b3ab2aab00944680e65e45c5b8
                """,
            isValid: false, flags: ["Truncation", "PartialPlaintext"]),
        CobblestoneVector(
            number: 32, comment: "full chunk followed by second chunk truncated mid-body",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                cab629f3cc458e52d6229006c4cabc5b51085e967eb4de00370d345b495251e13f4b8d68b6d5ec69b8da9c78b4bb68491827f\
                a309d96930f(00*16384)0df563fe5e2fad814c720daa1f175037(00*8208)
                """,
            length: 16384,
            digest: """
                c8df22e1f6c8055654ba7b3379b1e5157e0e165812e28ff88a49d7fe73f7b0238eb26d2b391f0e951570f2a1101a242589dcd\
                279ea1fd8c26a065920b80422b6
                """,
            isValid: false, flags: ["Truncation", "PartialPlaintext"]),
        CobblestoneVector(
            number: 33, comment: "two full chunks plus short final chunk, chunks 0 and 1 swapped",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                7d6a1dd319cebce4f60b9ffee89c4f75eef8a764325aac7c76fb0cb8b88cbaa1b7b8309ea798cbd81927d2fd8afa9e62c2ae3\
                61e982a37b2(00*16384)7cc26016fc19cc46cc1d5be9f660e336(00*16384)9688953684cb8c7ff9f047b449bf301b00f0f3\
                b9f61d94e666bb6787e54caca1e4
                """,
            length: nil,
            digest: nil,
            isValid: false, flags: ["ChunkReordering", "ValidFinalChunk"]),
        CobblestoneVector(
            number: 34, comment: "chunk 0 duplicated in place of chunk 1, followed by short final chunk",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                62b31eab0b81a9ab59c8c606b55c0320fb17704741540884ea84870b7bcc32b22197e0a5092186922f9390c200404453ed672\
                12221f59d46(00*16384)30cd9db7554a531e981b565f75237ca8(00*16384)30cd9db7554a531e981b565f75237ca800db8a\
                df633cf89b81ced1977738dbeb3e
                """,
            length: 16384,
            digest: """
                e2c934239538119f2e2f0828611778c115cfcebd2332d5c35c6f06641885f26c554985f653b76fcc99654c5ab225f63bf9afa\
                ec923dc32342f844908591f8511
                """,
            isValid: false, flags: ["ChunkReordering", "PartialPlaintext", "ValidFinalChunk"]),
        CobblestoneVector(
            number: 35, comment: "valid full chunk and short final chunk followed by extra encrypted chunk",
            key: "59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e", context: "",
            ciphertext: """
                519c3f8c2a3853a258ed1c0fb13b12194625ada3e286de26d884cdba7e26a4313966d62b8a20be090bf906e16aed16a301689\
                c71ea52e78d(00*16384)5ab16cffec7dd116088699bd909279cc00a569cac3d4bf9e99d5497a10296c187200c85a3efad404\
                b60bebc6b0528f374156
                """,
            length: 16384,
            digest: """
                01e521a53fd4905219ac08b197b8bef1c0fb80e9537fea57536bc5c8c7fc0f898e329071a7e8e24290baca975dadd1c8d2ca4\
                6dbe1a2250b77cba659c6faec71
                """,
            isValid: false, flags: ["TrailingData", "PartialPlaintext"]),
    ]
}
