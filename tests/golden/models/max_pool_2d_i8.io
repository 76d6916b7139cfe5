ž´É¼[ú&öûT§Ý‰y´ü=ë˜&¦þm¨ØâÓôynêBó’cÍÏs±H;ªÅvSº4µV‚Hº»¬ªÙ=_p¬í7€-Ay*Á/Cjoˆœ=}“d×æ=Š8Í]›Z(FbOsìgïÌ¸9(0ŸÒy6z&EÛ‚ãðqÚÓ|{<âYˆ²îùo“#ðôíNxžÀ¥Ø˜ƒŠáa“1’Ùˆ‰ãcÜÇ®|ïi&
ß<òžäGIdëÓÒÑ`â#ý¨#§‚
ëî›Osny4vmyHmÓsynpOjvbO}odyxz|{Oso|{O|oi9yxGId`ac1
`|ciO&