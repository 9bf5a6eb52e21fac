namespace TaskDsl.Torch.Gguf;

/// <summary>
/// How a GGUF file keeps the numbers of its matrices; vectors (norms, biases) and tables of positions are float32 in every file. Each form
/// is one file with a <c>[Keyword]</c> record.
/// </summary>
public abstract record GgufType
{
    /// <summary>The number by which files name it (<c>ggml_type</c>).</summary>
    public abstract uint Code { get; }

    /// <summary>What <c>general.file_type</c> says of a file whose matrices are kept so (<c>llama_ftype</c>).</summary>
    public abstract uint FileType { get; }

    /// <summary>How many numbers are kept together; a row is so many, or a multiple. Default: each by itself.</summary>
    public virtual int BlockLength => 1;

    /// <summary>The bytes of a block.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>The largest number that it can say. Default: all that float32 can.</summary>
    public virtual float Largest => float.MaxValue;

    /// <summary>Writes numbers.</summary>
    /// <param name="numbers">Whole blocks of finite numbers.</param>
    /// <param name="stored">Receives them.</param>
    public abstract void Write(ReadOnlySpan<float> numbers, Span<byte> stored);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="stored">Whole blocks.</param>
    /// <param name="numbers">Receives them.</param>
    public abstract void Read(ReadOnlySpan<byte> stored, Span<float> numbers);

    /// <summary>How far a number of a block may be from what is read back: what the form cannot say.</summary>
    /// <param name="block">The block as it was.</param>
    /// <param name="number">The number.</param>
    public abstract float Rounding(ReadOnlySpan<float> block, float number);

    /// <summary>The largest magnitude among numbers; not a number where one of them is none.</summary>
    public static float Magnitude(ReadOnlySpan<float> numbers)
    {
        var largest = 0f;
        foreach (var number in numbers)
            largest = MathF.Max(largest, MathF.Abs(number)); // NaN stays.
        return largest;
    }

    /// <summary>The bytes that so many numbers take.</summary>
    public long Bytes(long numbers) => numbers / BlockLength * BlockBytes;
}
