using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskDsl.Prompts;

/// <summary>
/// A growing UTF-8 text with marked segments. Reused from record to record, it allocates nothing. Not thread-safe.
/// </summary>
public sealed partial class PromptBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly List<Segment> segments = [];
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(1024);
    private int length;

    // What is being appended; none at the beginning and behind end-of-text. The last segment's length is set when it is asked for.
    private SegmentKind? open;

    /// <summary>The text so far.</summary>
    public ReadOnlySpan<byte> Utf8 => bytes.AsSpan(0, length);

    /// <summary>The segments, in order and without gaps.</summary>
    public ReadOnlySpan<Segment> Segments
    {
        get
        {
            Measure();
            return CollectionsMarshal.AsSpan(segments);
        }
    }

    /// <summary>How many bytes the text has so far.</summary>
    public int Length => length;

    /// <summary>Whether the text says itself how it begins: the tokeniser puts nothing before it.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Clear()
    {
        IsWhole = false;
        length = 0;
        open = null;
        segments.Clear();
    }

    /// <summary>
    /// Says what the text appended from here on is. A segment that stayed empty is forgotten, neighbours of one kind are one.
    /// </summary>
    public void Begin(SegmentKind kind)
    {
        if (open == kind)
            return;
        Measure();
        if (open is not null && segments[^1].Length == 0)
            segments.RemoveAt(segments.Count - 1);
        open = IsEnd(kind) ? null : kind;
        if (open is null || segments.Count == 0 || segments[^1].Kind != kind)
            segments.Add(new Segment(kind, length, 0));
    }

    /// <summary>Appends the model's end-of-text token.</summary>
    /// <param name="answer">Whether the model must produce it.</param>
    public void AppendEndOfText(bool answer) => Begin(SegmentKind.EndOfText | (answer ? SegmentKind.Answer : SegmentKind.Prompt));

    /// <summary>Appends UTF-8.</summary>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(GetSpan(utf8.Length));
        Advance(utf8.Length);
    }

    /// <summary>Appends text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        var span = GetSpan(text.Length * 3);
        Advance(Encoding.UTF8.GetBytes(text, span));
    }

    /// <summary>Appends text; null appends nothing.</summary>
    public void Append(string? text) => Append(text.AsSpan());

    /// <summary>Appends a whole number.</summary>
    public void Append(long value)
    {
        Utf8Formatter.TryFormat(value, GetSpan(20), out var written);
        Advance(written);
    }

    /// <summary>Appends a number, in the shortest form that reads back as the same value.</summary>
    public void Append(double value)
    {
        value.TryFormat(GetSpan(32), out var written, "R", CultureInfo.InvariantCulture);
        Advance(written);
    }

    /// <summary>Appends <c>true</c> or <c>false</c>.</summary>
    public void Append(bool value) => Append(value ? "true"u8 : "false"u8);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        if (count == 0)
            return;
        if (open is null)
            Begin(SegmentKind.Prompt);
        length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return bytes.AsMemory(length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return bytes.AsSpan(length);
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Utf8);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        length = 0;
    }

    /// <summary>Takes back the white space at the end, down to where a message's content began.</summary>
    internal void TrimEnd(int start)
    {
        var end = length;
        while (end > start && bytes[end - 1] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            end--;
        Truncate(end);
    }

    /// <summary>Takes back everything from a place on.</summary>
    internal void TakeBack(int newLength)
    {
        Measure();
        while (segments.Count > 0 && (segments[^1].Start > newLength || (segments[^1].Start == newLength && !IsEnd(segments[^1].Kind))))
            segments.RemoveAt(segments.Count - 1);
        length = newLength;
        open = segments.Count > 0 && !IsEnd(segments[^1].Kind) ? segments[^1].Kind : null;
        Measure();
    }

    /// <summary>Takes back what was appended to the segment that is open.</summary>
    internal void Truncate(int newLength) => length = newLength;

    private void Measure()
    {
        if (open is not null)
            segments[^1] = segments[^1] with { Length = length - segments[^1].Start };
    }

    private static bool IsEnd(SegmentKind kind) => (kind & SegmentKind.EndOfText) != 0;

    private void Grow(int sizeHint)
    {
        if (bytes.Length - length < Math.Max(sizeHint, 1))
            Enlarge(length + Math.Max(sizeHint, 1));
    }

    private void Enlarge(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, bytes.Length * 2));
        Utf8.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
