using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Some examples as they go into a data set: each written and given its part, all of them hashed.</summary>
internal sealed class ExampleBlock<TExample>
    where TExample : Example
{
    /// <summary>How many examples are hashed together: a part of the fingerprint's definition.</summary>
    public const int Size = 128;

    private readonly ArrayBufferWriter<byte> json = new(1 << 14);
    private readonly TExample[] examples;
    private readonly (int End, SplitName Part)[] written;

    public ExampleBlock(DslTask task, TExample[] examples)
    {
        this.examples = examples;
        written = new (int, SplitName)[examples.Length];
        var scratch = new ArrayBufferWriter<byte>();
        var marks = new ArrayBufferWriter<byte>();
        var language = "";
        for (var i = 0; i < examples.Length; i++)
        {
            var example = examples[i];
            ExampleFile.Write(task, example, json);
            written[i] = (json.WrittenCount, example.Origin.Split ?? task.Split.PartOf(example, task, scratch));
            if (example.Language != language)
                Encoding.UTF8.GetBytes(language = example.Language, marks);
            if (example.Origin.Kept is { } kept)
                Encoding.UTF8.GetBytes(kept, marks); // An objective may learn it.
            marks.Write([(byte)written[i].Part]);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(json.WrittenSpan);
        hash.AppendData(marks.WrittenSpan);
        Hash = hash.GetHashAndReset();
    }

    /// <summary>A hash of the examples, their parts and languages.</summary>
    public byte[] Hash { get; }

    /// <summary>How many there are.</summary>
    public int Count => examples.Length;

    /// <summary>Adds each to its part.</summary>
    public void AddTo(ExampleFile<TExample>[] parts)
    {
        var start = 0;
        for (var i = 0; i < examples.Length; i++)
        {
            var (end, part) = written[i];
            parts[(int)part].Add(examples[i], json.WrittenSpan[start..end]);
            start = end;
        }
    }
}
