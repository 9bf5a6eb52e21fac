using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Text;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>
/// Examples of a task that lie in a temporary file: added one behind the other, then read by number, each parsed when it is asked for.
/// The memory that this takes does not depend on their number. Reading is safe from several threads, once all are added.
/// </summary>
/// <typeparam name="TExample">The task's example type.</typeparam>
/// <param name="task">The task.</param>
public sealed class ExampleFile<TExample>(DslTask task) : ExampleFile, IReadOnlyList<TExample>
    where TExample : Example
{
    private readonly ArrayBufferWriter<byte> json = new();

    /// <summary>The example of a number, from 0.</summary>
    /// <exception cref="DataException">What was added does not fit the task.</exception>
    public TExample this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var bytes = Rent(index, 1, out var starts);
            var example = Parse(bytes.AsSpan(0, (int)(starts[1] - starts[0])));
            ArrayPool<byte>.Shared.Return(bytes);
            return example;
        }
    }

    /// <summary>Adds an example.</summary>
    /// <exception cref="DataException">It holds what JSON cannot say; or the disk is full.</exception>
    public void Add(TExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        json.ResetWrittenCount();
        Write(task, example, json);
        Add(example, json.WrittenSpan);
    }

    /// <inheritdoc/>
    public IEnumerator<TExample> GetEnumerator() => Slice(0, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override IEnumerable<TExample> Slice(int from, int to)
    {
        while (from < to)
        {
            var bytes = Rent(from, Math.Min(Block, to - from), out var starts);
            from += starts.Length - 1;
            for (var i = 1; i < starts.Length; i++)
                yield return Parse(bytes.AsSpan((int)(starts[i - 1] - starts[0]), (int)(starts[i] - starts[i - 1])));
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private TExample Parse(ReadOnlySpan<byte> record)
    {
        var (origin, language) = ReadHead(ref record);
        try
        {
            var reader = new RecordReader(record, null, textValues: false, language);
            return (TExample)(task.ReadExample(ref reader, language) with { Origin = origin, Language = language });
        }
        catch (RecordException e)
        {
            throw new DataException(
                $"{origin}: error: the example does not fit the task '{task.Name}' any more: {RecordException.Sentence(e.Message)} "
                    + "A stage has changed it.",
                e
            );
        }
    }
}

/// <summary>The part of an <see cref="ExampleFile{TExample}"/> that does not know its type.</summary>
public abstract class ExampleFile : IDisposable
{
    private protected const int Block = 64;
    private const int BlockBytes = 1 << 20;

    private readonly TemporaryFile records = new();
    private readonly TemporaryFile starts = new();
    private readonly ArrayBufferWriter<byte> head = new();
    private readonly Words files = new();
    private readonly Words languages = new();

    private protected ExampleFile() { }

    /// <summary>How many examples there are.</summary>
    public int Count { get; private set; }

    /// <summary>Where an example was read from, without parsing it.</summary>
    public RecordOrigin OriginOf(int index) => HeadOf(index).Origin;

    /// <summary>An example's language, without parsing it.</summary>
    public string LanguageOf(int index) => HeadOf(index).Language;

    /// <summary>The examples from one number to before another, read from the disk many at a time.</summary>
    public abstract IEnumerable<Example> Slice(int from, int to);

    /// <inheritdoc/>
    public void Dispose()
    {
        records.Dispose();
        starts.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes an example as this file holds it.</summary>
    internal static void Write(DslTask task, Example example, ArrayBufferWriter<byte> json)
    {
        try
        {
            task.WriteExample(json, example.InputValue, example.OutputValue);
        }
        catch (ArgumentException e)
        {
            throw new DataException($"{example.Origin}: error: {e.Message}", e);
        }
    }

    /// <summary>Adds an example that is written already.</summary>
    internal void Add(Example example, ReadOnlySpan<byte> written)
    {
        Span<byte> start = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, records.Length);
        starts.Append(start);
        head.ResetWrittenCount();
        var origin = example.Origin;
        WriteNumber(files.NumberOf(origin.File ?? ""));
        WriteNumber(origin.Line);
        WriteNumber(languages.NumberOf(example.Language));
        WriteNumber(origin.Split is { } split ? (int)split + 1 : 0);
        WriteText(origin.Key);
        WriteText(origin.Group);
        WriteDouble(origin.Confidence);
        WriteDouble(origin.Score);
        WriteText(origin.Kept);
        records.Append(head.WrittenSpan);
        records.Append(written);
        Count++;
    }

    /// <summary>
    /// The bytes of at most so many examples (fewer where they are long, but one at least), in a rented array, and where each starts and
    /// the last ends.
    /// </summary>
    private protected byte[] Rent(int from, int count, out long[] offsets)
    {
        Span<byte> raw = stackalloc byte[8 * (Block + 1)];
        var known = Math.Min(count + 1, Count - from);
        raw = raw[..(8 * known)];
        starts.Read(8L * from, raw);
        offsets = new long[count + 1];
        offsets[count] = records.Length;
        for (var i = 0; i < known; i++)
            offsets[i] = BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]);
        while (count > 1 && offsets[count] - offsets[0] > BlockBytes)
            count--;
        Array.Resize(ref offsets, count + 1);
        var length = (int)(offsets[count] - offsets[0]);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        records.Read(offsets[0], bytes.AsSpan(0, length));
        return bytes;
    }

    /// <summary>Reads what stands before an example's JSON.</summary>
    private protected (RecordOrigin Origin, string Language) ReadHead(ref ReadOnlySpan<byte> record)
    {
        var file = files[(int)ReadNumber(ref record)];
        var line = ReadNumber(ref record);
        var language = languages[(int)ReadNumber(ref record)];
        var split = ReadNumber(ref record);
        var (key, group) = (ReadText(ref record), ReadText(ref record));
        var (confidence, score) = (ReadDouble(ref record), ReadDouble(ref record));
        return (
            new RecordOrigin(file, line, key)
            {
                Split = split == 0 ? null : (SplitName)(split - 1),
                Group = group,
                Confidence = confidence,
                Score = score,
                Kept = ReadText(ref record),
            },
            language
        );
    }

    private (RecordOrigin Origin, string Language) HeadOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        var bytes = Rent(index, 1, out _);
        ReadOnlySpan<byte> record = bytes;
        var read = ReadHead(ref record);
        ArrayPool<byte>.Shared.Return(bytes);
        return read;
    }

    /// <summary>Writes a text behind its length and one; null as 0.</summary>
    private void WriteText(string? text)
    {
        WriteNumber(text is null ? 0 : Encoding.UTF8.GetByteCount(text) + 1);
        if (text is not null)
            Encoding.UTF8.GetBytes(text, head);
    }

    private static string? ReadText(ref ReadOnlySpan<byte> bytes)
    {
        var length = (int)ReadNumber(ref bytes) - 1;
        if (length < 0)
            return null;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }

    // −NaN with all bits set is no number that anything computes.
    private void WriteDouble(double? number) => WriteNumber(number is { } there ? BitConverter.DoubleToInt64Bits(there) + 1 : 0);

    private static double? ReadDouble(ref ReadOnlySpan<byte> bytes) =>
        ReadNumber(ref bytes) is not 0 and var bits ? BitConverter.Int64BitsToDouble(bits - 1) : null;

    /// <summary>Writes a number as LEB128: seven bits a byte, the lowest first.</summary>
    private void WriteNumber(long number)
    {
        var span = head.GetSpan(10);
        var at = 0;
        for (var rest = (ulong)number; ; rest >>= 7)
        {
            span[at++] = (byte)(rest < 0x80 ? rest : rest & 0x7F | 0x80);
            if (rest < 0x80)
                break;
        }

        head.Advance(at);
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[0];
            bytes = bytes[1..];
            number |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return (long)number;
        }
    }

    /// <summary>Few words, each with a number.</summary>
    private sealed class Words
    {
        private readonly List<string> words = [];
        private readonly Dictionary<string, int> numbers = [];
        private int last;

        public string this[int number] => words[number];

        public int NumberOf(string word)
        {
            if (last < words.Count && ReferenceEquals(words[last], word))
                return last;
            if (!numbers.TryGetValue(word, out last))
            {
                last = words.Count;
                words.Add(word);
                numbers.Add(word, last);
            }

            return last;
        }
    }
}
