using CsCheck;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Cache;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>What is written to a file of tokens is what is read from it, or the damage is noticed.</summary>
public sealed class TokenFileTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly Gen<TokenSequence> Sequence =
        from ids in Gen.Int[0, 40_000].Array[1, 40]
        from answer in Gen.Bool.Array[ids.Length]
        from target in Gen.Float.Array[0, 3]
        from tags in Gen.Int[-100, 9].Array[0, ids.Length]
        from terms in Gen.Int
        select new TokenSequence(ids, answer, default)
        {
            Target = target,
            Tags = tags,
            Terms = terms,
        };

    private static readonly Gen<TokenGroup> Any =
        from sequences in Sequence.Array[1, 3]
        from weight in Gen.Float[0, 9]
        select new TokenGroup(sequences) { Weight = weight };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Sequences_come_back_as_they_were() =>
        Any.Array[0, 60]
            .Sample(
                groups =>
                {
                    using var written = Write(groups);
                    using var read = TokenFile.Open(Path, Key);
                    foreach (var file in new[] { written, read })
                    {
                        Assert.Equal(groups.Length, file.Count);
                        for (var i = 0; i < groups.Length; i++)
                        {
                            Assert.Equal(Describe(groups[i]), Describe(file.Read(i, from => new("from", from))));
                            Assert.Equal(i / 2, file.Read(i, from => new("from", from)).Origin.Line);
                            Assert.Equal(TokenLength.Of(groups[i]), file.Measure(i));
                        }
                    }
                },
                iter: 50,
                threads: 1
            );

    [Fact]
    public void Any_byte_that_is_another_and_any_byte_that_is_missing_is_noticed()
    {
        Write([new(Sequences.Of(5, 9)), new(Sequences.Of(40, 7)), new(Sequences.Of(3, 2))]).Dispose();
        var whole = File.ReadAllBytes(Path);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255])
            .Sample(
                (at, by) =>
                {
                    var damaged = whole.ToArray();
                    damaged[at] ^= by;
                    File.WriteAllBytes(Path, damaged);
                    Assert.Throws<InvalidDataException>(() => TokenFile.Open(Path, Key));
                    File.WriteAllBytes(Path, whole[..at]);
                    Assert.Throws<InvalidDataException>(() => TokenFile.Open(Path, Key));
                    File.WriteAllBytes(Path, [.. whole, by]);
                    Assert.Throws<InvalidDataException>(() => TokenFile.Open(Path, Key));
                },
                iter: 300,
                threads: 1
            );
        File.WriteAllBytes(Path, whole);
        TokenFile.Open(Path, Key).Dispose();
        Assert.Throws<InvalidDataException>(() => TokenFile.Open(Path, [.. Key.Reverse()]));
    }

    [Fact]
    public void Blocks_come_in_order_and_the_first_error_comes_out()
    {
        Assert.Equal(
            Enumerable.Range(0, 10_000),
            Blocks.OnAllCores(10_000, (from, to) => Enumerable.Range(from, to - from).ToArray()).SelectMany(b => b)
        );
        var error = Assert.Throws<InvalidOperationException>(() =>
            Blocks.OnAllCores(10_000, (from, to) => from >= 512 ? throw new InvalidOperationException($"{from}") : from).ToArray()
        );
        Assert.Equal("512", error.Message);
    }

    private string Path => folder.File("a.tokens");

    private TokenFile Write(TokenGroup[] groups)
    {
        File.Delete(Path);
        return TokenFile.Write(
            Path,
            Key,
            groups
                .Select((g, i) => (g, i))
                .Chunk(7)
                .Select(chunk =>
                {
                    var block = new TokenBlock();
                    foreach (var (group, i) in chunk)
                        block.Add(group, i / 2);
                    return block;
                })
        );
    }

    private static string Describe(TokenGroup group) => $"{group.Weight}: {string.Join('/', group.Sequences.Select(Describe))}";

    private static string Describe(TokenSequence s) =>
        string.Join(
            '|',
            string.Join(' ', s.Ids),
            string.Join(' ', s.CompletionMask),
            string.Join(' ', s.Target.Select(BitConverter.SingleToInt32Bits)),
            string.Join(' ', s.Tags),
            s.Terms
        );
}
