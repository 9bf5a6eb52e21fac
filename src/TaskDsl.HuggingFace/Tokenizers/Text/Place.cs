namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>Where a stretch of text between added tokens stands.</summary>
internal enum Place
{
    /// <summary>At the beginning of the text.</summary>
    Beginning,

    /// <summary>Behind an added token.</summary>
    BehindToken,

    /// <summary>At the beginning of a prompt's segment that goes on where another ended: no space is put before it.</summary>
    Continuing,
}
