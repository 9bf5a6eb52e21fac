using System.Runtime.CompilerServices;
using Xunit;

namespace RealData.Tests;

/// <summary>A theory over the public data sets; skipped, and says so, where they are absent.</summary>
public sealed class RealDataTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for the data.</summary>
    public RealDataTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = PublicData.Link();
    }
}
