namespace TaskDsl.Data;

/// <summary>Where a record stands.</summary>
/// <param name="File">The file, as the YAML or the caller named it.</param>
/// <param name="Line">The line (or row) that it begins on, from 1; 0 where the format has none.</param>
/// <param name="Key">The record's key where the file is keyed; else null.</param>
public readonly record struct RecordOrigin(string File, long Line, string? Key = null) : IEquatable<RecordOrigin>
{
    /// <summary>The part that its source fixes; null where the task's split decides.</summary>
    public SplitName? Split { get; init; }

    /// <summary>What its source's group column says; null where the source names none.</summary>
    public string? Group { get; init; }

    /// <summary>How sure the model was that gave the answer, in [0, 1]; null where no model did, or its confidence is not kept.</summary>
    public double? Confidence { get; init; }

    /// <summary>The number that a step has given it, to choose by; null where none has.</summary>
    public double? Score { get; init; }

    /// <summary>
    /// What a step of a pipeline has kept of it besides, as one JSON object whose names begin with <c>$</c>; null where it has kept
    /// nothing.
    /// </summary>
    public string? Kept { get; init; }

    // An example's origin is provenance, not value: two examples that say the same are equal wherever they stand.
    /// <inheritdoc/>
    public bool Equals(RecordOrigin other) => true;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary><c>file(line)</c>, as compilers print places.</summary>
    public override string ToString() => Key is null ? $"{File}({Line})" : $"{File}[{Key}]";
}
