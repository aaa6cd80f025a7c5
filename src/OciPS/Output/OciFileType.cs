// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>What an entry of a layer is, as it is asked for.</summary>
public enum OciFileType
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A second name of a file that came before.</summary>
    HardLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A mark that a file of a lower layer is removed (image specification, "Whiteouts").</summary>
    Whiteout,

    /// <summary>Something else, which readers pass over.</summary>
    Other,

    /// <summary>Every entry, whatever it is.</summary>
    All,
}
